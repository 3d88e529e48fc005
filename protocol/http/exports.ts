import { z } from 'zod';
import { fileNameSchema, recordingIdSchema } from '../identifiers.ts';
import { hostAndAdmin, type Routes } from './route.ts';

/** Files made from a recording by a job. */

/** Made of one person's file. `mp4`: its streams copied. `audio`: its sound alone. `…-aac`: of one that keeps Opus, with AAC. */
export const fileExportKindSchema = z.enum(['mp4', 'audio', 'flv-aac', 'mp4-aac', 'audio-aac']);
export type FileExportKind = z.infer<typeof fileExportKindSchema>;
/** `group-mp4`: everyone in one picture. */
export const exportKindSchema = z.enum([...fileExportKindSchema.options, 'group-mp4']);
export type ExportKind = z.infer<typeof exportKindSchema>;

export const exportIdSchema = z.string().regex(/^x-[a-z0-9]{12}$/, 'is not an export id');

export const createExportBodySchema = z.discriminatedUnion('kind', [
  z.object({ kind: fileExportKindSchema, file: fileNameSchema }),
  z.object({ kind: z.literal('group-mp4') }),
]);
export type CreateExportBody = z.infer<typeof createExportBodySchema>;

export const exportStateSchema = z.enum(['queued', 'running', 'complete', 'failed', 'cancelled']);
export type ExportState = z.infer<typeof exportStateSchema>;

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

/** The newest first. */
export const listExportsResultSchema = z.object({ exports: z.array(exportJobSchema) });

export const exportRoutes = {
  'GET /api/recordings/:id/exports': {
    words: 'Lists what was and is made from a recording.',
    who: hostAndAdmin,
    of: 'recording',
    result: listExportsResultSchema,
  },
  'POST /api/recordings/:id/exports': {
    words:
      'Begins to make an MP4, sound, a group MP4, or a file with AAC of one that keeps Opus; 200 where there is that one already.',
    who: hostAndAdmin,
    of: 'recording',
    body: createExportBodySchema,
    result: exportJobSchema,
    status: 201,
  },
  'GET /api/exports/:exportId': {
    words: 'Tells how far a job is.',
    who: hostAndAdmin,
    of: 'export',
    result: exportJobSchema,
  },
  'DELETE /api/exports/:exportId': {
    words: 'Cancels a job; removes one that is over, with its result.',
    who: hostAndAdmin,
    of: 'export',
    result: exportJobSchema,
  },
  'POST /api/exports/:exportId/retry': {
    words: 'Queues a job once more that failed or was cancelled.',
    who: hostAndAdmin,
    of: 'export',
    result: exportJobSchema,
  },
  'GET /api/exports/:exportId/file': {
    words: 'The result of a job; with Range.',
    who: hostAndAdmin,
    of: 'export',
    result: 'video/mp4',
  },
} as const satisfies Routes;
