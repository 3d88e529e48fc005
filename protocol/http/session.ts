import { z } from 'zod';
import { adminAlone, everybody, type Routes } from './route.ts';

/** Signing in as administrator, and out. */

/** Of new passwords; those that are stored stay good. */
export const MIN_PASSWORD_LENGTH = 8;
export const newPasswordSchema = z
  .string()
  .min(MIN_PASSWORD_LENGTH, `must have at least ${MIN_PASSWORD_LENGTH} characters`)
  .max(1024);

export const signInBodySchema = z.object({ password: z.string().min(1).max(1024) });

export const sessionResultSchema = z.object({ signedIn: z.boolean() });

export const changePasswordBodySchema = z.object({
  current: z.string().min(1).max(1024),
  next: newPasswordSchema,
});

export const sessionRoutes = {
  'GET /api/session': {
    words: 'Tells whether this browser is signed in.',
    who: everybody,
    result: sessionResultSchema,
  },
  'POST /api/session': {
    words: 'Signs in.',
    who: everybody,
    body: signInBodySchema,
    result: sessionResultSchema,
  },
  'DELETE /api/session': { words: 'Signs out.', who: everybody, result: sessionResultSchema },
  'DELETE /api/sessions': { words: 'Signs out everywhere.', who: adminAlone, result: sessionResultSchema },
  'POST /api/password': {
    words: 'Changes the password, and signs out everybody else.',
    who: adminAlone,
    body: changePasswordBodySchema,
    result: sessionResultSchema,
  },
} as const satisfies Routes;
