import { z } from 'zod';
import { meetingIdSchema, recordingIdSchema } from '../identifiers.ts';
import { manifestSchema } from '../manifest.ts';
import { adminAlone, hostAndAdmin, type Routes } from './route.ts';

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

export const recordingResultSchema = z.object({
  manifest: manifestSchema,
  summary: recordingSummarySchema,
  may: z.array(recordingRightSchema),
});

export const pinResultSchema = z.object({ pinned: z.boolean() });

export const deletionResultSchema = z.object({
  /** Recorded files that are gone. */
  files: z.number().int().nonnegative(),
  /** Bytes set free, exports and thumbnails included. */
  bytes: z.number().nonnegative(),
});

/** Without an effect unless it is 1. */
const flag = z.literal('1').optional().catch(undefined);

export const fileQuerySchema = z.object({
  download: flag.describe('save it under a name for people'),
  follow: flag.describe('stream a file that still grows, until it is complete'),
});
export type FileQuery = z.infer<typeof fileQuerySchema>;
export const FLV = 'video/x-flv';

export const recordingRoutes = {
  'GET /api/recordings': {
    words: 'Lists and searches recordings, those being made first.',
    who: adminAlone,
    query: listRecordingsQuerySchema,
    result: listRecordingsResultSchema,
  },
  'GET /api/meetings/:id/recordings': {
    words: 'Lists the recordings of one meeting.',
    who: hostAndAdmin,
    of: 'meeting',
    query: listRecordingsQuerySchema,
    result: listRecordingsResultSchema,
  },
  'GET /api/recordings/:id': {
    words: 'Tells everything about a recording.',
    who: hostAndAdmin,
    of: 'recording',
    result: recordingResultSchema,
  },
  'DELETE /api/recordings/:id': {
    words: 'Deletes a recording completely.',
    who: adminAlone,
    of: 'recording',
    result: deletionResultSchema,
  },
  'DELETE /api/recordings/:id/people/:connectionId': {
    words: 'Deletes one person’s files, chat and links, and every export the person is in.',
    who: adminAlone,
    of: 'recording',
    result: deletionResultSchema,
  },
  'PUT /api/recordings/:id/pin': {
    words: 'Keeps retention off a recording.',
    who: adminAlone,
    of: 'recording',
    result: pinResultSchema,
  },
  'DELETE /api/recordings/:id/pin': {
    words: 'Lets retention at it again.',
    who: adminAlone,
    of: 'recording',
    result: pinResultSchema,
  },
  'GET /api/recordings/:id/files/:name': {
    words: 'One person’s file as it was recorded; with Range.',
    who: hostAndAdmin,
    of: 'recording',
    query: fileQuerySchema,
    result: FLV,
  },
  'GET /api/recordings/:id/files/:name/thumbnail': {
    words: 'A small picture of a file.',
    who: hostAndAdmin,
    of: 'recording',
    result: 'image/jpeg',
  },
  'GET /api/recordings/:id/zip': {
    words: 'All files with the manifest and their sums.',
    who: hostAndAdmin,
    of: 'recording',
    result: 'application/zip',
  },
} as const satisfies Routes;
