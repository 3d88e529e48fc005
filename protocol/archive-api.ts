import { z } from 'zod';
import {
  connectionIdSchema,
  meetingIdSchema,
  meetingNameSchema,
  personNameSchema,
  recordingIdSchema,
} from './identifiers.ts';
import { manifestSchema } from './manifest.ts';
import { nonceSchema, proofSchema } from './token-proof.ts';

/** The archive's HTTP API, bodies in and out. Failures are `{error: {code, message}}` with the status of the code. */

export const createMeetingBodySchema = z.object({
  name: meetingNameSchema,
  /** Where the server asks for one (`create-key-needed`). */
  key: z.string().max(256).optional(),
});
export const createMeetingResultSchema = z.object({ meetingId: meetingIdSchema, hostKey: z.string() });

/** `PATCH /api/meetings/:id`, host and admin. */
export const renameMeetingBodySchema = z.object({ name: meetingNameSchema });

export const meetingResultSchema = z.object({ meetingId: meetingIdSchema, name: z.string() });

export const joinMeetingBodySchema = z.object({
  name: personNameSchema,
  hostKey: z.string().max(128).optional(),
});
export const joinMeetingResultSchema = z.object({ token: z.string(), connectionId: connectionIdSchema });

/** `POST /api/meetings/:id/host`: sets the host's cookie, as joining as host does, and answers with the meeting. */
export const showHostKeyBodySchema = z.object({ hostKey: z.string().min(1).max(128) });

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

/** `POST /api/hint/challenge`: what a hint proves the recorders' token with, once and soon. */
export const hintChallengeSchema = z.object({ challenge: z.string().max(200) });

/** From a recorder: this manifest changed. The proof is over challenge, nonce and recordingId. */
export const hintBodySchema = hintChallengeSchema.extend({
  version: z.number().int(),
  recordingId: recordingIdSchema,
  nonce: nonceSchema,
  proof: proofSchema,
});
export type HintBody = z.infer<typeof hintBodySchema>;

/** The archive's proof, over the same. */
export const hintResultSchema = z.object({ proof: proofSchema });

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
