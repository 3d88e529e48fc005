import { z } from 'zod';
import { errorCodes } from './errors.ts';
import { connectionIdSchema, recordingIdSchema } from './identifiers.ts';
import { fileSourceSchema } from './people.ts';

/**
 * What a meeting knows of its recording [D8]. `starting`: asked for, nothing on disk yet. `recording`: the
 * recorder has acknowledged bytes on disk, and its heartbeat is no older than 1.5 s; only then is the light on.
 * `waiting`: the recorder is there, and nothing arrives of anybody who has agreed. `lost`: the recorder is gone or hangs; it is
 * being waited for.
 */
export const recordingStateSchema = z.discriminatedUnion('status', [
  z.object({ status: z.literal('off') }),
  z.object({ status: z.literal('starting'), recordingId: recordingIdSchema }),
  z.object({
    status: z.literal('recording'),
    recordingId: recordingIdSchema,
    /** Time since Record was pressed, when this was sent; the page counts on from it with its own clock. */
    elapsedMs: z.number().nonnegative(),
  }),
  z.object({ status: z.literal('waiting'), recordingId: recordingIdSchema }),
  z.object({ status: z.literal('lost'), recordingId: recordingIdSchema }),
  z.object({ status: z.literal('stopping'), recordingId: recordingIdSchema }),
]);
export type RecordingState = z.infer<typeof recordingStateSchema>;

/** With the problem `transcodes-full`: so many pictures are converted at once. */
const transcodesAtMost = z.number().int().nonnegative().optional();

/** The state of one file as the recorder sees it: bytes and time that are on disk, not merely received. */
export const fileProgressSchema = z.object({
  connectionId: connectionIdSchema,
  source: fileSourceSchema,
  state: z.enum(['waiting', 'recording', 'stalled', 'failed']),
  bytes: z.number().int().nonnegative(),
  durationMs: z.number().nonnegative(),
  /** Why the pictures of this file are not recorded. */
  problem: z.enum(errorCodes).optional(),
  transcodesAtMost,
});
export type FileProgress = z.infer<typeof fileProgressSchema>;

/** One line of the host's list. `asked` has not answered yet; like `declined` it is not recorded. */
export const personProgressSchema = z.object({
  connectionId: connectionIdSchema,
  state: z.enum(['asked', 'declined', 'waiting', 'recording', 'stalled', 'failed']),
  bytes: z.number().int().nonnegative(),
  durationMs: z.number().nonnegative(),
  /** Why this person, or something of what they send, is not recorded. */
  problem: z.enum(errorCodes).optional(),
  transcodesAtMost,
});
export type PersonProgress = z.infer<typeof personProgressSchema>;
