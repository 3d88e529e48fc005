import { z } from 'zod';

/** Signing in as administrator, and out. */

/** Of new passwords; those that are stored stay good. */
export const MIN_PASSWORD_LENGTH = 8;
export const newPasswordSchema = z
  .string()
  .min(MIN_PASSWORD_LENGTH, `must have at least ${MIN_PASSWORD_LENGTH} characters`)
  .max(1024);

export const signInBodySchema = z.object({ password: z.string().min(1).max(1024) });

export const sessionResultSchema = z.object({ signedIn: z.boolean() });

/** `POST /api/password`, admin. It signs every other browser out. */
export const changePasswordBodySchema = z.object({
  current: z.string().min(1).max(1024),
  next: newPasswordSchema,
});
