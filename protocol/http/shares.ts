import { z } from 'zod';
import { fileNameSchema } from '../identifiers.ts';
import { manifestSchema } from '../manifest.ts';
import { FLV, fileQuerySchema } from './recordings.ts';
import { everybody, hostAndAdmin, type Routes } from './route.ts';
import { newPasswordSchema } from './session.ts';

/** Links to a recording: made and revoked by host and admin, opened without an account. The page is `/s/<token>`. */

export const shareIdSchema = z.string().regex(/^s-[a-z0-9]{12}$/, 'is not a share id');
export const shareTokenSchema = z.string().regex(/^[A-Za-z0-9_-]{43}$/, 'is not a share token');

export const MAX_SHARE_HOURS = 24 * 366;

export const createShareBodySchema = z.object({
  expiresInHours: z.number().positive().max(MAX_SHARE_HOURS),
  /** Only this file; without it the whole recording. */
  file: fileNameSchema.optional(),
  password: newPasswordSchema.optional(),
  /** Whether the page offers downloads. Who can watch can always keep what was watched. */
  download: z.boolean().default(true),
  /** A note for those who manage links, such as whom it was given to. */
  label: z.string().trim().max(120).optional(),
});
export type CreateShareBody = z.input<typeof createShareBodySchema>;

export const shareSchema = z.object({
  shareId: shareIdSchema,
  file: fileNameSchema.optional(),
  label: z.string().optional(),
  createdAtMs: z.number(),
  createdBy: z.enum(['admin', 'host']),
  expiresAtMs: z.number(),
  revokedAtMs: z.number().optional(),
  /** What opening it answers now. */
  state: z.enum(['open', 'expired', 'revoked']),
  hasPassword: z.boolean(),
  download: z.boolean(),
  /** How often the page was opened. */
  views: z.number().int().nonnegative(),
  lastViewedAtMs: z.number().optional(),
});
export type Share = z.infer<typeof shareSchema>;

/** The only time that the token is told: it is kept as a hash. */
export const createShareResultSchema = z.object({ share: shareSchema, token: shareTokenSchema });

/** The newest first. */
export const listSharesResultSchema = z.object({ shares: z.array(shareSchema) });

/** May be left out. */
export const openShareBodySchema = z.object({ password: z.string().max(1024).optional() }).nullish();

export const sharedRecordingSchema = z.object({
  /**
   * What a player needs and no more: the shared files, their people and who spoke when. The meeting's id is `shared`,
   * because the true one is its invitation; host, chat, consent and problems are left out.
   */
  manifest: manifestSchema,
  expiresAtMs: z.number(),
  download: z.boolean(),
});
export type SharedRecording = z.infer<typeof sharedRecordingSchema>;

export const shareRoutes = {
  'GET /api/recordings/:id/shares': {
    words: 'Lists the links to a recording.',
    who: hostAndAdmin,
    of: 'recording',
    result: listSharesResultSchema,
  },
  'POST /api/recordings/:id/shares': {
    words: 'Makes a link. Its token is told only here.',
    who: hostAndAdmin,
    of: 'recording',
    body: createShareBodySchema,
    result: createShareResultSchema,
    status: 201,
  },
  'DELETE /api/recordings/:id/shares/:shareId': {
    words: 'Revokes a link.',
    who: hostAndAdmin,
    of: 'recording',
    result: shareSchema,
  },
} as const satisfies Routes;

/**
 * The token in the address is what opens them, to everybody. With a password, opening sets a cookie for the files; without the
 * right one it answers `share-password-needed` or `share-password-wrong`. A link that is over answers `share-expired` or
 * `share-revoked` (410), an unknown one `share-not-found`; `download-off` (403) where downloads are not offered.
 */
export const sharedRoutes = {
  'GET /api/shared/:token': {
    words: 'What a link shows; counts nothing.',
    who: everybody,
    isSecret: true,
    result: sharedRecordingSchema,
  },
  'POST /api/shared/:token': {
    words: 'Opens a link, with its password where it has one, and counts a view.',
    who: everybody,
    isSecret: true,
    limits: ['openShare'],
    body: openShareBodySchema,
    result: sharedRecordingSchema,
  },
  'GET /api/shared/:token/files/:name': {
    words: 'A file that a link is for; with Range.',
    who: everybody,
    isSecret: true,
    query: fileQuerySchema,
    result: FLV,
  },
  'GET /api/shared/:token/files/:name/thumbnail': {
    words: 'A small picture of it.',
    who: everybody,
    isSecret: true,
    result: 'image/jpeg',
  },
  'GET /api/shared/:token/zip': {
    words: 'All files that a link is for.',
    who: everybody,
    isSecret: true,
    result: 'application/zip',
  },
} as const satisfies Routes;
