import { z } from 'zod';
import { meetingIdSchema, recordingIdSchema } from '../identifiers.ts';
import { manifestSchema } from '../manifest.ts';

/** Finding recordings, reading them, and keeping them in order. */

export const recordingSummarySchema = z.object({
  recordingId: recordingIdSchema,
  meetingId: meetingIdSchema,
  meetingName: z.string(),
  state: z.enum(['recording', 'complete', 'interrupted']),
  startedAtMs: z.number(),
  durationMs: z.number(),
  bytes: z.number(),
  people: z.array(z.string()),
  files: z.number().int(),
  /** Why the manifest cannot be read, in words; the other fields then hold only what the folder's name tells. */
  problem: z.string().optional(),
  /** Present when retention never deletes it. */
  pinned: z.literal(true).optional(),
});
export type RecordingSummary = z.infer<typeof recordingSummarySchema>;

export const RECORDINGS_PAGE_SIZE = 50;
export const MAX_RECORDINGS_PAGE_SIZE = 200;

/** Recordings being made always come first. */
export const recordingSortSchema = z.enum(['newest', 'oldest', 'longest', 'shortest', 'largest', 'smallest']);
export type RecordingSort = z.infer<typeof recordingSortSchema>;

const wholeNumber = z.coerce.number().int().nonnegative();

/** `GET /api/recordings` (admin) and `GET /api/meetings/:id/recordings` (host, admin). */
export const listRecordingsQuerySchema = z.object({
  /** Every word is looked for in the meeting's name, the people's names and the chat; case does not matter. */
  query: z.string().max(200).optional(),
  /** Started at or after. */
  from: z.iso.datetime({ offset: true }).optional(),
  /** Started before. */
  to: z.iso.datetime({ offset: true }).optional(),
  minDurationMs: wholeNumber.optional(),
  maxDurationMs: wholeNumber.optional(),
  state: z.enum(['recording', 'complete', 'interrupted']).optional(),
  sort: recordingSortSchema.optional(),
  limit: z.coerce.number().int().min(1).max(MAX_RECORDINGS_PAGE_SIZE).optional(),
  /** From an earlier answer to the same query and sort. */
  cursor: z.string().max(200).optional(),
});
export const listRecordingsResultSchema = z.object({
  recordings: z.array(recordingSummarySchema),
  /** Names the next page; absent on the last one. */
  cursor: z.string().optional(),
});

/** What the asker may do with a recording beyond reading it. */
export const recordingRightSchema = z.enum(['share', 'export', 'pin', 'delete']);
export type RecordingRight = z.infer<typeof recordingRightSchema>;

/** `GET /api/recordings/:id`, host and admin. */
export const recordingResultSchema = z.object({
  manifest: manifestSchema,
  summary: recordingSummarySchema,
  may: z.array(recordingRightSchema),
});

/** `PUT` and `DELETE /api/recordings/:id/pin`, admin. */
export const pinResultSchema = z.object({ pinned: z.boolean() });

/** `DELETE /api/recordings/:id` and `DELETE /api/recordings/:id/people/:connectionId`, admin. */
export const deletionResultSchema = z.object({
  /** Recorded files that are gone. */
  files: z.number().int().nonnegative(),
  /** Bytes set free, exports and thumbnails included. */
  bytes: z.number().nonnegative(),
});
