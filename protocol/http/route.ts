import type { z } from 'zod';

/** Who asks. `host`: holds the host key of the meeting in question. Everybody is at least `anonymous`. */
export const accessRoles = ['anonymous', 'host', 'admin'] as const;
export type AccessRole = (typeof accessRoles)[number];

export const everybody: readonly AccessRole[] = accessRoles;
export const hostAndAdmin: readonly AccessRole[] = ['host', 'admin'];
export const adminAlone: readonly AccessRole[] = ['admin'];

const MINUTE_MS = 60_000;

/** How often one address may ask, right or wrong: an IPv4 address, or a /64 of IPv6. The metrics name them. */
export const requestLimits = {
  createMeeting: { count: 120, perMs: MINUTE_MS },
  /** Those that nobody enters are forgotten in time. */
  createMeetingToday: { count: 2000, perMs: 24 * 60 * MINUTE_MS },
  /** A whole company may join from one address. */
  join: { count: 600, perMs: MINUTE_MS },
  openShare: { count: 60, perMs: MINUTE_MS },
} as const satisfies Record<string, { count: number; perMs: number }>;
export type RequestLimit = keyof typeof requestLimits;

/**
 * A route, all of it: who may, what it takes and gives, and what it is for. Server, page, OpenAPI document and the table of
 * docs/api.md are made of it, or checked against it.
 */
export interface Route {
  /** What it does. */
  words: string;
  who: readonly AccessRole[];
  /** What `:id` or `:exportId` names: the host of its meeting is then known. Without it nobody is a host. */
  of?: 'meeting' | 'recording' | 'export';
  /** Counted in this order, before what was sent is looked at. */
  limits?: readonly RequestLimit[];
  /** Its address is the secret: neither indexed nor told to other sites. */
  isSecret?: true;
  /** Said to a body of another protocol version, before its shape is looked at: who sends it may be of before. */
  otherVersion?: string;
  query?: z.ZodObject;
  body?: z.ZodType;
  /** A schema for JSON, else a media type. */
  result: z.ZodType | string;
  /** 200 unless said. */
  status?: 201;
}

/** Routes by method and path, in which `:name` is a parameter; `GET` includes `HEAD`. */
export type Routes = Readonly<Record<string, Route>>;

type ParamOf<Name extends string> = Name extends `${string}:${infer Param}/${infer Rest}`
  ? Param | ParamOf<Rest>
  : Name extends `${string}:${infer Param}`
    ? Param
    : never;
/** The parameters in a route's path; all are text. */
export type ParamsOf<Name extends string> = Readonly<Record<ParamOf<Name>, string>>;

/** What a route's schema of this kind makes of what is sent; undefined where there is none. */
export type Parsed<R extends Route, Kind extends 'query' | 'body' | 'result'> = R extends {
  [K in Kind]: infer Schema extends z.ZodType;
}
  ? z.output<Schema>
  : undefined;

export function methodOf(name: string): string {
  return name.slice(0, name.indexOf(' '));
}

/** With its parameters as `:name`. */
export function pathOf(name: string): string {
  return name.slice(name.indexOf(' ') + 1);
}

/** Where to ask. */
export function addressOf<Name extends string>(name: Name, params: ParamsOf<Name>): string {
  const values: Readonly<Record<string, string>> = params;
  return pathOf(name).replaceAll(/:(\w+)/g, (_all, param: string) => encodeURIComponent(values[param] ?? ''));
}
