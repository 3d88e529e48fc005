import type { FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import type { AccessRole, ParamsOf, Parsed, Route, Routes } from '#protocol/http/route.ts';

/** Who asks, once let in. */
export interface Asker {
  roles: ReadonlySet<AccessRole>;
  /** The same, as the audit log names them. */
  deed: { actor: 'admin' | 'host' | 'anonymous'; address: string };
}

/** A request and its answer, and who asks. */
export interface Exchange extends Asker {
  request: FastifyRequest;
  reply: FastifyReply;
}

/** With what was sent, as the route's schemas make it. */
export interface Asked<Name extends string, R extends Route> extends Exchange {
  params: ParamsOf<Name>;
  query: Parsed<R, 'query'>;
  body: Parsed<R, 'body'>;
}

type Answer<R extends Route> =
  | FastifyReply
  | (R extends { result: infer Result extends z.ZodType } ? z.input<Result> : string);

export type Handlers<T extends Routes> = {
  readonly [Name in keyof T & string]: (
    asked: Asked<Name, T[Name]>,
  ) => Answer<T[Name]> | Promise<Answer<T[Name]>>;
};

/** Routes of one kind, with what answers them. */
export interface Feature {
  routes: Routes;
  handlers: Readonly<Record<string, (asked: never) => unknown>>;
}

/** Every route has its handler, and every handler its route. */
export function feature<T extends Routes>(routes: T, handlers: Handlers<T>): Feature {
  return { routes, handlers };
}
