import type { RecordingRight } from '../../protocol/archive-api.ts';
import { Fault } from '../../protocol/errors.ts';

/** Who asks. `host`: holds the host key of the meeting in question. Everybody is at least `anonymous`. */
export const accessRoles = ['anonymous', 'host', 'admin', 'recorder'] as const;
export type AccessRole = (typeof accessRoles)[number];

const everybody: readonly AccessRole[] = accessRoles;

/** Who may do what over HTTP: the table of docs/api.md. A route that is not in it cannot be registered. */
export const routeAccess = {
  'POST /api/meetings': everybody,
  'GET /api/meetings/:id': everybody,
  'POST /api/meetings/:id/join': everybody,
  'GET /api/meetings/:id/recordings': ['host', 'admin'],
  'GET /api/session': everybody,
  'POST /api/session': everybody,
  'DELETE /api/session': everybody,
  'GET /api/recordings': ['admin'],
  'GET /api/recordings/:id': ['host', 'admin'],
  'GET /api/recordings/:id/files/:name': ['host', 'admin'],
  'POST /api/hint': ['recorder'],
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
  share: ['host', 'admin'],
  export: ['host', 'admin'],
  pin: ['admin'],
  delete: ['admin'],
} as const satisfies Record<RecordingRight, readonly AccessRole[]>;

/** What these roles may do with a recording that they may read, in the words of its page. */
export function rightsOf(roles: ReadonlySet<AccessRole>): RecordingRight[] {
  const rights = Object.keys(rightRoutes) as RecordingRight[];
  return rights.filter((right) => rightRoutes[right].some((role) => roles.has(role)));
}
