import { z } from 'zod';
import { errorBodySchema, Fault } from '#protocol/errors.ts';
import { addressOf, methodOf, type ParamsOf, type Parsed, type Route } from '#protocol/http/route.ts';
import { type RouteName, routes } from '#protocol/http/table.ts';
import { parseMessage } from '#protocol/reply.ts';
import type { Archive } from '../session/ports/archive.ts';

const TIMEOUT_MS = 15_000;
const LONG_TIMEOUT_MS = 600_000;

const failureSchema = z.object({ error: errorBodySchema });

type RouteOf<Name extends RouteName> = (typeof routes)[Name];
/** What a route takes beside its parameters. */
interface Given<R extends Route> {
  query?: Parsed<R, 'query'>;
  body?: R extends { body: infer Body extends z.ZodType } ? z.input<Body> : undefined;
}

/** Asks as the table of routes says. @throws Fault the server's, or `timeout` when it cannot be reached */
async function ask<Name extends RouteName>(
  name: Name,
  params: ParamsOf<Name>,
  { body, query }: Given<RouteOf<Name>> = {},
  timeoutMs = TIMEOUT_MS,
): Promise<Parsed<RouteOf<Name>, 'result'>> {
  let response: Response;
  let text: string;
  try {
    response = await fetch(withQuery(addressOf(name, params), query), {
      method: methodOf(name),
      credentials: 'same-origin',
      signal: AbortSignal.timeout(timeoutMs),
      ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    text = await response.text();
  } catch (cause) {
    throw new Fault('timeout', undefined, { cause });
  }
  const data = parseJson(text);
  if (response.ok)
    return parseMessage(routes[name].result as z.ZodType, data) as Parsed<RouteOf<Name>, 'result'>;
  const failure = failureSchema.safeParse(data);
  if (failure.success) {
    const { code, message, retryAfterMs } = failure.data.error;
    throw new Fault(code, message, { retryAfterMs });
  }
  throw new Fault(response.status === 404 ? 'not-found' : 'internal');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // Some proxy's own page: the status then decides.
  }
}

export const httpArchive: Archive = {
  createMeeting: (name, key) => ask('POST /api/meetings', {}, { body: { name, key } }),
  meeting: (id) => ask('GET /api/meetings/:id', { id }),
  renameMeeting: (id, name) => ask('PATCH /api/meetings/:id', { id }, { body: { name } }),
  join: (id, name, hostKey) => ask('POST /api/meetings/:id/join', { id }, { body: { name, hostKey } }),
  showHostKey: (id, hostKey) => ask('POST /api/meetings/:id/host', { id }, { body: { hostKey } }),
  session: () => ask('GET /api/session', {}),
  signIn: (password) => ask('POST /api/session', {}, { body: { password } }),
  signOut: () => ask('DELETE /api/session', {}),
  signOutEverywhere: () => ask('DELETE /api/sessions', {}),
  changePassword: (current, next) => ask('POST /api/password', {}, { body: { current, next } }),
  recordings: (query, id) =>
    id === undefined
      ? ask('GET /api/recordings', {}, { query })
      : ask('GET /api/meetings/:id/recordings', { id }, { query }),
  recording: (id) => ask('GET /api/recordings/:id', { id }),
  fileUrl: (id, name, options) =>
    fileAddress(addressOf('GET /api/recordings/:id/files/:name', { id, name }), options),
  thumbnailUrl: (id, name) => addressOf('GET /api/recordings/:id/files/:name/thumbnail', { id, name }),
  zipUrl: (id) => addressOf('GET /api/recordings/:id/zip', { id }),
  deleteRecording: (id) => ask('DELETE /api/recordings/:id', { id }),
  erasePerson: (id, connectionId) =>
    ask('DELETE /api/recordings/:id/people/:connectionId', { id, connectionId }),
  async setPinned(id, pinned) {
    await ask(pinned ? 'PUT /api/recordings/:id/pin' : 'DELETE /api/recordings/:id/pin', { id });
  },
  exports: async (id) => (await ask('GET /api/recordings/:id/exports', { id })).exports,
  createExport: (id, body) => ask('POST /api/recordings/:id/exports', { id }, { body }),
  async endExport(exportId) {
    await ask('DELETE /api/exports/:exportId', { exportId });
  },
  async retryExport(exportId) {
    await ask('POST /api/exports/:exportId/retry', { exportId });
  },
  exportUrl: (exportId) => addressOf('GET /api/exports/:exportId/file', { exportId }),
  shares: async (id) => (await ask('GET /api/recordings/:id/shares', { id })).shares,
  createShare: (id, body) => ask('POST /api/recordings/:id/shares', { id }, { body }),
  async revokeShare(id, shareId) {
    await ask('DELETE /api/recordings/:id/shares/:shareId', { id, shareId });
  },
  storage: () => ask('GET /api/storage', {}),
  setRetention: (body) => ask('PUT /api/storage/retention', {}, { body }),
  planRetention: (body) => ask('POST /api/storage/retention/dry-run', {}, { body }),
  // Thousands of files may have to go.
  runRetention: () => ask('POST /api/storage/retention/run', {}, {}, LONG_TIMEOUT_MS),
  audit: (query) => ask('GET /api/audit', {}, { query }),
  openShared: (token, password) => ask('POST /api/shared/:token', { token }, { body: { password } }),
  sharedFileUrl: (token, name, options) =>
    fileAddress(addressOf('GET /api/shared/:token/files/:name', { token, name }), options),
  sharedThumbnailUrl: (token, name) =>
    addressOf('GET /api/shared/:token/files/:name/thumbnail', { token, name }),
  sharedZipUrl: (token) => addressOf('GET /api/shared/:token/zip', { token }),
};

function fileAddress(address: string, { download = false } = {}): string {
  return download ? withQuery(address, { download: '1' }) : address;
}

/** What is undefined is left out. */
function withQuery(address: string, query: object = {}): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined);
  const text = new URLSearchParams(given.map(([key, value]) => [key, String(value)]));
  return text.size > 0 ? `${address}?${text}` : address;
}
