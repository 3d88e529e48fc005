import { z } from 'zod';
import {
  connectionIdSchema,
  meetingIdSchema,
  meetingNameSchema,
  personNameSchema,
  recordingIdSchema,
} from './identifiers.ts';
import { manifestSchema } from './manifest.ts';

/** The archive's HTTP API, bodies in and out. Failures are `{error: {code, message}}` with the status of the code. */

export const createMeetingBodySchema = z.object({ name: meetingNameSchema });
export const createMeetingResultSchema = z.object({ meetingId: meetingIdSchema, hostKey: z.string() });

export const meetingResultSchema = z.object({ meetingId: meetingIdSchema, name: z.string() });

export const joinMeetingBodySchema = z.object({
  name: personNameSchema,
  hostKey: z.string().max(128).optional(),
});
export const joinMeetingResultSchema = z.object({ token: z.string(), connectionId: connectionIdSchema });

export const signInBodySchema = z.object({ password: z.string().min(1).max(1024) });

export const sessionResultSchema = z.object({ signedIn: z.boolean() });

/** From a recorder, with its token as bearer: this manifest changed. */
export const hintBodySchema = z.object({ recordingId: recordingIdSchema });

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
});
export type RecordingSummary = z.infer<typeof recordingSummarySchema>;

export const RECORDINGS_PAGE_SIZE = 50;

export const listRecordingsQuerySchema = z.object({
  query: z.string().max(200).optional(),
  from: z.iso.datetime({ offset: true }).optional(),
  to: z.iso.datetime({ offset: true }).optional(),
  cursor: z.string().max(200).optional(),
});
export const listRecordingsResultSchema = z.object({
  recordings: z.array(recordingSummarySchema),
  /** Names the next page; absent on the last one. */
  cursor: z.string().optional(),
});

export const recordingResultSchema = z.object({ manifest: manifestSchema, summary: recordingSummarySchema });
