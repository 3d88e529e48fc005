import { Fault } from '#protocol/errors.ts';
import type { RecordingRight } from '#protocol/http/recordings.ts';

/** Who asks. `host`: holds the host key of the meeting in question. Everybody is at least `anonymous`. */
export const accessRoles = ['anonymous', 'host', 'admin'] as const;
export type AccessRole = (typeof accessRoles)[number];

const everybody: readonly AccessRole[] = accessRoles;

/**
 * Who may do what over HTTP: the table of docs/api.md. A route that is not in it cannot be registered. The token in the
 * address of a shared recording is what opens it, to everybody; and the proof in a hint's body.
 */
export const routeAccess = {
  'POST /api/meetings': everybody,
  'GET /api/meetings/:id': everybody,
  'PATCH /api/meetings/:id': ['host', 'admin'],
  'POST /api/meetings/:id/join': everybody,
  'POST /api/meetings/:id/host': everybody,
  'GET /api/meetings/:id/recordings': ['host', 'admin'],
  'GET /api/session': everybody,
  'POST /api/session': everybody,
  'DELETE /api/session': everybody,
  'DELETE /api/sessions': ['admin'],
  'POST /api/password': ['admin'],
  'GET /api/recordings': ['admin'],
  'GET /api/recordings/:id': ['host', 'admin'],
  'DELETE /api/recordings/:id': ['admin'],
  'PUT /api/recordings/:id/pin': ['admin'],
  'DELETE /api/recordings/:id/pin': ['admin'],
  'DELETE /api/recordings/:id/people/:connectionId': ['admin'],
  'GET /api/recordings/:id/files/:name': ['host', 'admin'],
  'GET /api/recordings/:id/files/:name/thumbnail': ['host', 'admin'],
  'GET /api/recordings/:id/zip': ['host', 'admin'],
  'GET /api/recordings/:id/exports': ['host', 'admin'],
  'POST /api/recordings/:id/exports': ['host', 'admin'],
  'GET /api/exports/:exportId': ['host', 'admin'],
  'DELETE /api/exports/:exportId': ['host', 'admin'],
  'POST /api/exports/:exportId/retry': ['host', 'admin'],
  'GET /api/exports/:exportId/file': ['host', 'admin'],
  'GET /api/recordings/:id/shares': ['host', 'admin'],
  'POST /api/recordings/:id/shares': ['host', 'admin'],
  'DELETE /api/recordings/:id/shares/:shareId': ['host', 'admin'],
  'GET /api/shared/:token': everybody,
  'POST /api/shared/:token': everybody,
  'GET /api/shared/:token/files/:name': everybody,
  'GET /api/shared/:token/files/:name/thumbnail': everybody,
  'GET /api/shared/:token/zip': everybody,
  'GET /api/storage': ['admin'],
  'PUT /api/storage/retention': ['admin'],
  'POST /api/storage/retention/dry-run': ['admin'],
  'POST /api/storage/retention/run': ['admin'],
  'GET /api/audit': ['admin'],
  'POST /api/hint/challenge': everybody,
  'POST /api/hint': everybody,
  'GET /api/openapi.json': everybody,
  'GET /api/docs': everybody,
} as const satisfies Record<string, readonly AccessRole[]>;

export type RouteName = keyof typeof routeAccess;

/** @throws Fault `not-signed-in` when nothing was shown, `forbidden` when what was shown is not enough */
export function requireAccess(
  route: RouteName,
  roles: ReadonlySet<AccessRole>,
  hasCredentials: boolean,
): void {
  const allowed: readonly AccessRole[] = routeAccess[route];
  if (allowed.some((role) => roles.has(role))) return;
  throw new Fault(hasCredentials ? 'forbidden' : 'not-signed-in');
}

const rightRoutes = {
  share: 'POST /api/recordings/:id/shares',
  export: 'POST /api/recordings/:id/exports',
  pin: 'PUT /api/recordings/:id/pin',
  delete: 'DELETE /api/recordings/:id',
} as const satisfies Record<RecordingRight, RouteName>;

/** What these roles may do with a recording that they may read, in the words of its page. */
export function rightsOf(roles: ReadonlySet<AccessRole>): RecordingRight[] {
  const rights = Object.keys(rightRoutes) as RecordingRight[];
  return rights.filter((right) => routeAccess[rightRoutes[right]].some((role) => roles.has(role)));
}
