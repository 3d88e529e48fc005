import { z } from 'zod';
import { recordingSummarySchema } from './recordings.ts';
import { adminAlone, type Routes } from './route.ts';

/** How full the disk is, and what is deleted when. */

export const retentionSchema = z.object({
  /** Recordings that began longer ago are deleted; null keeps them. */
  days: z.number().int().min(1).max(36_500).nullable(),
  /** Beyond so many bytes in all, the meeting with the largest share gives its oldest, until shares are level; null sets no limit. */
  maxBytes: z.number().int().positive().nullable(),
});
export type Retention = z.infer<typeof retentionSchema>;

export const storageResultSchema = z.object({
  /** In recordings, exports included. */
  bytes: z.number().nonnegative(),
  recordings: z.number().int().nonnegative(),
  /** Of the disk that holds the recordings. */
  disk: z.object({ totalBytes: z.number(), freeBytes: z.number() }),
  /** Below so many free bytes nothing is recorded. */
  minFreeBytes: z.number(),
  /** What began on each day (UTC) of the last 90, without those on which nothing did; in order. */
  days: z.array(z.object({ day: z.iso.date(), bytes: z.number(), recordings: z.number().int() })),
  /** From the use of the last 30 days. */
  forecast: z.object({
    bytesPerDay: z.number().nonnegative(),
    /** When nothing more can be recorded; absent when nothing is being added, or not within ten years. */
    fullAtMs: z.number().optional(),
  }),
  retention: retentionSchema,
  /** The server's clock has jumped ahead by so much: for so long yet nothing is deleted because of its age by itself. */
  clockJump: z.object({ byMs: z.number().positive(), leftMs: z.number().positive() }).optional(),
});
export type StorageResult = z.infer<typeof storageResultSchema>;

export const retentionPlanSchema = z.object({
  /** What would be deleted now, the oldest first; at most RETENTION_PLAN_SIZE of them. */
  recordings: z.array(z.object({ summary: recordingSummarySchema, reason: z.enum(['days', 'bytes']) })),
  /** Of all of them. */
  count: z.number().int().nonnegative(),
  bytes: z.number().nonnegative(),
  /** What the rules name too, and leave alone because it is pinned. */
  pinned: z.object({ count: z.number().int().nonnegative(), bytes: z.number().nonnegative() }),
});
export type RetentionPlan = z.infer<typeof retentionPlanSchema>;

export const RETENTION_PLAN_SIZE = 200;

/** What the rules in force have just deleted. */
export const retentionRunSchema = z.object({
  recordings: z.number().int().nonnegative(),
  /** Set free, exports and thumbnails included. */
  bytes: z.number().nonnegative(),
  /** Recordings that could not be deleted; the log says why, and the next run tries again. */
  failed: z.number().int().nonnegative(),
});
export type RetentionRun = z.infer<typeof retentionRunSchema>;

export const storageRoutes = {
  'GET /api/storage': {
    words: 'Use of the disk, forecast and retention.',
    who: adminAlone,
    result: storageResultSchema,
  },
  'PUT /api/storage/retention': {
    words: 'Sets what is deleted when.',
    who: adminAlone,
    body: retentionSchema,
    result: retentionSchema,
  },
  'POST /api/storage/retention/dry-run': {
    words: 'Tells what such rules would delete now.',
    who: adminAlone,
    body: retentionSchema,
    result: retentionPlanSchema,
  },
  'POST /api/storage/retention/run': {
    words: 'Deletes at once what the rules in force name.',
    who: adminAlone,
    result: retentionRunSchema,
  },
} as const satisfies Routes;
