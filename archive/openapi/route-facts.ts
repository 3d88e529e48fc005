import { z } from 'zod';
import { listAuditQuerySchema, listAuditResultSchema } from '#protocol/http/audit.ts';
import { createExportBodySchema, exportJobSchema, listExportsResultSchema } from '#protocol/http/exports.ts';
import { hintBodySchema, hintChallengeSchema, hintResultSchema } from '#protocol/http/hints.ts';
import {
  createMeetingBodySchema,
  createMeetingResultSchema,
  joinMeetingBodySchema,
  joinMeetingResultSchema,
  meetingResultSchema,
  renameMeetingBodySchema,
  showHostKeyBodySchema,
} from '#protocol/http/meetings.ts';
import {
  deletionResultSchema,
  listRecordingsQuerySchema,
  listRecordingsResultSchema,
  pinResultSchema,
  recordingResultSchema,
} from '#protocol/http/recordings.ts';
import { changePasswordBodySchema, sessionResultSchema, signInBodySchema } from '#protocol/http/session.ts';
import {
  createShareBodySchema,
  createShareResultSchema,
  listSharesResultSchema,
  openShareBodySchema,
  sharedRecordingSchema,
  shareSchema,
} from '#protocol/http/shares.ts';
import {
  retentionPlanSchema,
  retentionRunSchema,
  retentionSchema,
  storageResultSchema,
} from '#protocol/http/storage.ts';
import type { RouteName } from '../access/table.ts';

/** What a route takes and gives, for people and programs that read the API's description. */
export interface RouteFacts {
  summary: string;
  query?: z.ZodObject;
  body?: z.ZodType;
  /** A schema for JSON, else a media type. */
  result: z.ZodType | string;
  /** 200 unless said. */
  status?: number;
}

const fileQuery = z.object({
  download: z.literal('1').optional().describe('save it under a name for people'),
  follow: z.literal('1').optional().describe('stream a file that still grows, until it is complete'),
});
const FLV = 'video/x-flv';

/** Every route of the access table. */
export const routeFacts: Record<RouteName, RouteFacts> = {
  'POST /api/meetings': {
    summary: 'Makes a meeting. The host key is told only here.',
    body: createMeetingBodySchema,
    result: createMeetingResultSchema,
    status: 201,
  },
  'GET /api/meetings/:id': { summary: 'Tells a meeting’s name.', result: meetingResultSchema },
  'PATCH /api/meetings/:id': {
    summary: 'Gives a meeting another name. Recordings that there are keep theirs.',
    body: renameMeetingBodySchema,
    result: meetingResultSchema,
  },
  'POST /api/meetings/:id/join': {
    summary: 'Gives a token with which a person enters the meeting.',
    body: joinMeetingBodySchema,
    result: joinMeetingResultSchema,
  },
  'POST /api/meetings/:id/host': {
    summary: 'Shows the host key, so that this browser may play and download the meeting’s recordings.',
    body: showHostKeyBodySchema,
    result: meetingResultSchema,
  },
  'GET /api/meetings/:id/recordings': {
    summary: 'Lists the recordings of one meeting.',
    query: listRecordingsQuerySchema,
    result: listRecordingsResultSchema,
  },
  'GET /api/session': { summary: 'Tells whether this browser is signed in.', result: sessionResultSchema },
  'POST /api/session': { summary: 'Signs in.', body: signInBodySchema, result: sessionResultSchema },
  'DELETE /api/session': { summary: 'Signs out.', result: sessionResultSchema },
  'DELETE /api/sessions': { summary: 'Signs out everywhere.', result: sessionResultSchema },
  'POST /api/password': {
    summary: 'Changes the password, and signs out everybody else.',
    body: changePasswordBodySchema,
    result: sessionResultSchema,
  },
  'GET /api/recordings': {
    summary: 'Lists and searches recordings, those being made first.',
    query: listRecordingsQuerySchema,
    result: listRecordingsResultSchema,
  },
  'GET /api/recordings/:id': {
    summary: 'Tells everything about a recording.',
    result: recordingResultSchema,
  },
  'DELETE /api/recordings/:id': {
    summary: 'Deletes a recording completely.',
    result: deletionResultSchema,
  },
  'PUT /api/recordings/:id/pin': { summary: 'Keeps retention off a recording.', result: pinResultSchema },
  'DELETE /api/recordings/:id/pin': { summary: 'Lets retention at it again.', result: pinResultSchema },
  'DELETE /api/recordings/:id/people/:connectionId': {
    summary: 'Deletes one person’s files, chat and links, and every export the person is in.',
    result: deletionResultSchema,
  },
  'GET /api/recordings/:id/files/:name': {
    summary: 'One person’s file as it was recorded; with Range.',
    query: fileQuery,
    result: FLV,
  },
  'GET /api/recordings/:id/files/:name/thumbnail': {
    summary: 'A small picture of a file.',
    result: 'image/jpeg',
  },
  'GET /api/recordings/:id/zip': {
    summary: 'All files with the manifest and their sums.',
    result: 'application/zip',
  },
  'GET /api/recordings/:id/exports': {
    summary: 'Lists what was and is made from a recording.',
    result: listExportsResultSchema,
  },
  'POST /api/recordings/:id/exports': {
    summary: 'Begins to make an MP4, sound, or a group MP4.',
    body: createExportBodySchema,
    result: exportJobSchema,
    status: 201,
  },
  'GET /api/exports/:exportId': { summary: 'Tells how far a job is.', result: exportJobSchema },
  'DELETE /api/exports/:exportId': {
    summary: 'Cancels a job; removes one that is over, with its result.',
    result: exportJobSchema,
  },
  'POST /api/exports/:exportId/retry': {
    summary: 'Queues a job once more that failed or was cancelled.',
    result: exportJobSchema,
  },
  'GET /api/exports/:exportId/file': { summary: 'The result of a job; with Range.', result: 'video/mp4' },
  'GET /api/recordings/:id/shares': {
    summary: 'Lists the links to a recording.',
    result: listSharesResultSchema,
  },
  'POST /api/recordings/:id/shares': {
    summary: 'Makes a link. Its token is told only here.',
    body: createShareBodySchema,
    result: createShareResultSchema,
    status: 201,
  },
  'DELETE /api/recordings/:id/shares/:shareId': { summary: 'Revokes a link.', result: shareSchema },
  'GET /api/shared/:token': { summary: 'What a link shows.', result: sharedRecordingSchema },
  'POST /api/shared/:token': {
    summary: 'Opens a link, with its password where it has one, and counts a view.',
    body: openShareBodySchema,
    result: sharedRecordingSchema,
  },
  'GET /api/shared/:token/files/:name': {
    summary: 'A file that a link is for; with Range.',
    query: fileQuery,
    result: FLV,
  },
  'GET /api/shared/:token/files/:name/thumbnail': {
    summary: 'A small picture of it.',
    result: 'image/jpeg',
  },
  'GET /api/shared/:token/zip': { summary: 'All files that a link is for.', result: 'application/zip' },
  'GET /api/storage': { summary: 'Use of the disk, forecast and retention.', result: storageResultSchema },
  'PUT /api/storage/retention': {
    summary: 'Sets what is deleted when.',
    body: retentionSchema,
    result: retentionSchema,
  },
  'POST /api/storage/retention/dry-run': {
    summary: 'Tells what such rules would delete now.',
    body: retentionSchema,
    result: retentionPlanSchema,
  },
  'POST /api/storage/retention/run': {
    summary: 'Deletes at once what the rules in force name.',
    result: retentionRunSchema,
  },
  'GET /api/audit': {
    summary: 'Who did what, the newest first.',
    query: listAuditQuerySchema,
    result: listAuditResultSchema,
  },
  'POST /api/hint/challenge': {
    summary: 'What a recorder proves its token with.',
    result: hintChallengeSchema,
  },
  'POST /api/hint': {
    summary: 'A recorder tells that a manifest changed.',
    body: hintBodySchema,
    result: hintResultSchema,
  },
  'GET /api/openapi.json': { summary: 'This description, for programs.', result: z.looseObject({}) },
  'GET /api/docs': { summary: 'This description, for people.', result: 'text/html' },
};
