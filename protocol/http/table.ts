import { z } from 'zod';
import { auditRoutes } from './audit.ts';
import { exportRoutes } from './exports.ts';
import { hintRoutes } from './hints.ts';
import { meetingRoutes } from './meetings.ts';
import { recordingRoutes } from './recordings.ts';
import { everybody, type Routes } from './route.ts';
import { sessionRoutes } from './session.ts';
import { sharedRoutes, shareRoutes } from './shares.ts';
import { storageRoutes } from './storage.ts';

export const descriptionRoutes = {
  'GET /api/openapi.json': {
    words: 'This description, for programs.',
    who: everybody,
    result: z.looseObject({}),
  },
  'GET /api/docs': { words: 'This description, for people.', who: everybody, result: 'text/html' },
} as const satisfies Routes;

/**
 * The archive's HTTP API: every route, and who may use it. What is not here cannot be asked. Bodies are JSON; failures
 * are `{error: {code, message}}` with the status of the code (protocol/errors.ts). Why a table of our own: [D19].
 */
export const routes = {
  ...meetingRoutes,
  ...sessionRoutes,
  ...recordingRoutes,
  ...exportRoutes,
  ...shareRoutes,
  ...sharedRoutes,
  ...storageRoutes,
  ...auditRoutes,
  ...hintRoutes,
  ...descriptionRoutes,
} as const satisfies Routes;
export type RouteName = keyof typeof routes;
export const routeNames = Object.keys(routes) as RouteName[];
