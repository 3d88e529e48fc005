import { z } from 'zod';
import { fileNameSchema, recordingIdSchema } from '../identifiers.ts';

/** Files made from a recording by a job: `/api/recordings/:id/exports` and `/api/exports/:exportId`, host and admin. */

/** `mp4`: one person's file with its streams copied. `audio`: its sound alone. `group-mp4`: everyone in one picture. */
export const exportKindSchema = z.enum(['mp4', 'audio', 'group-mp4']);
export type ExportKind = z.infer<typeof exportKindSchema>;

export const exportIdSchema = z.string().regex(/^x-[a-z0-9]{12}$/, 'is not an export id');

/** `POST /api/recordings/:id/exports` → 201 with the job; the same export is not made twice: 200 with the one there is. */
export const createExportBodySchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('mp4'), file: fileNameSchema }),
  z.object({ kind: z.literal('audio'), file: fileNameSchema }),
  z.object({ kind: z.literal('group-mp4') }),
]);
export type CreateExportBody = z.infer<typeof createExportBodySchema>;

export const exportStateSchema = z.enum(['queued', 'running', 'complete', 'failed', 'cancelled']);
export type ExportState = z.infer<typeof exportStateSchema>;

/**
 * `GET /api/exports/:exportId`. `DELETE` cancels a job that is queued or running, and removes one that has ended with
 * its result. `POST …/retry` queues a failed or cancelled one again. `GET …/file` is the result, with Range.
 */
export const exportJobSchema = z.object({
  exportId: exportIdSchema,
  recordingId: recordingIdSchema,
  kind: exportKindSchema,
  /** The recorded file that it is made from; absent for the group. */
  file: fileNameSchema.optional(),
  /** The name under which browsers save the result. */
  downloadName: z.string(),
  state: exportStateSchema,
  createdAtMs: z.number(),
  /** 0 to 100. */
  percent: z.number().min(0).max(100),
  /** Media seconds made per second, while running. */
  speed: z.number().nonnegative().optional(),
  leftMs: z.number().nonnegative().optional(),
  /** Of the result, when complete. */
  bytes: z.number().int().nonnegative().optional(),
  /** Why it failed, in words. */
  problem: z.string().optional(),
});
export type ExportJob = z.infer<typeof exportJobSchema>;

/** `GET /api/recordings/:id/exports`, the newest first. */
export const listExportsResultSchema = z.object({ exports: z.array(exportJobSchema) });
