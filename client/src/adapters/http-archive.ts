import { z } from 'zod';
import { errorBodySchema, Fault } from '#protocol/errors.ts';
import { listAuditResultSchema } from '#protocol/http/audit.ts';
import { exportJobSchema, listExportsResultSchema } from '#protocol/http/exports.ts';
import {
  createMeetingResultSchema,
  joinMeetingResultSchema,
  meetingResultSchema,
} from '#protocol/http/meetings.ts';
import {
  deletionResultSchema,
  listRecordingsResultSchema,
  pinResultSchema,
  recordingResultSchema,
} from '#protocol/http/recordings.ts';
import { sessionResultSchema } from '#protocol/http/session.ts';
import {
  createShareResultSchema,
  listSharesResultSchema,
  sharedRecordingSchema,
} from '#protocol/http/shares.ts';
import {
  retentionPlanSchema,
  retentionRunSchema,
  retentionSchema,
  storageResultSchema,
} from '#protocol/http/storage.ts';
import { parseMessage } from '#protocol/reply.ts';
import type { Archive } from '../session/ports/archive.ts';

const TIMEOUT_MS = 15_000;
const LONG_TIMEOUT_MS = 600_000;

const failureSchema = z.object({ error: errorBodySchema });

async function ask<T extends z.ZodType>(
  schema: T,
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
  path: string,
  body?: object,
  timeoutMs = TIMEOUT_MS,
): Promise<z.infer<T>> {
  let response: Response;
  let text: string;
  try {
    response = await fetch(path, {
      method,
      credentials: 'same-origin',
      signal: AbortSignal.timeout(timeoutMs),
      ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    text = await response.text();
  } catch (cause) {
    throw new Fault('timeout', undefined, { cause });
  }
  const data = parseJson(text);
  if (response.ok) return parseMessage(schema, data);
  const failure = failureSchema.safeParse(data);
  if (failure.success) {
    const { code, message, retryAfterMs } = failure.data.error;
    throw new Fault(code, message, { retryAfterMs });
  }
  throw new Fault(response.status === 404 ? 'not-found' : 'internal');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // Some proxy's own page: the status then decides.
  }
}

const path = (...parts: string[]) => `/api/${parts.map(encodeURIComponent).join('/')}`;

export const httpArchive: Archive = {
  createMeeting: (name, key) =>
    ask(createMeetingResultSchema, 'POST', path('meetings'), { name, ...(key !== undefined && { key }) }),
  meeting: (meetingId) => ask(meetingResultSchema, 'GET', path('meetings', meetingId)),
  renameMeeting: (meetingId, name) =>
    ask(meetingResultSchema, 'PATCH', path('meetings', meetingId), { name }),
  join: (meetingId, name, hostKey) =>
    ask(joinMeetingResultSchema, 'POST', path('meetings', meetingId, 'join'), {
      name,
      ...(hostKey !== undefined && { hostKey }),
    }),
  showHostKey: (meetingId, hostKey) =>
    ask(meetingResultSchema, 'POST', path('meetings', meetingId, 'host'), { hostKey }),
  session: () => ask(sessionResultSchema, 'GET', path('session')),
  signIn: (password) => ask(sessionResultSchema, 'POST', path('session'), { password }),
  signOut: () => ask(sessionResultSchema, 'DELETE', path('session')),
  signOutEverywhere: () => ask(sessionResultSchema, 'DELETE', path('sessions')),
  changePassword: (current, next) => ask(sessionResultSchema, 'POST', path('password'), { current, next }),
  recordings: (query, meetingId) => {
    const list = meetingId === undefined ? path('recordings') : path('meetings', meetingId, 'recordings');
    return ask(listRecordingsResultSchema, 'GET', withQuery(list, query));
  },
  recording: (recordingId) => ask(recordingResultSchema, 'GET', path('recordings', recordingId)),
  fileUrl: (recordingId, name, options) =>
    fileAddress(path('recordings', recordingId, 'files', name), options),
  thumbnailUrl: (recordingId, name) => path('recordings', recordingId, 'files', name, 'thumbnail'),
  zipUrl: (recordingId) => path('recordings', recordingId, 'zip'),
  deleteRecording: (recordingId) => ask(deletionResultSchema, 'DELETE', path('recordings', recordingId)),
  erasePerson: (recordingId, connectionId) =>
    ask(deletionResultSchema, 'DELETE', path('recordings', recordingId, 'people', connectionId)),
  async setPinned(recordingId, pinned) {
    await ask(pinResultSchema, pinned ? 'PUT' : 'DELETE', path('recordings', recordingId, 'pin'));
  },
  exports: async (recordingId) =>
    (await ask(listExportsResultSchema, 'GET', path('recordings', recordingId, 'exports'))).exports,
  createExport: (recordingId, body) =>
    ask(exportJobSchema, 'POST', path('recordings', recordingId, 'exports'), body),
  async endExport(exportId) {
    await ask(z.unknown(), 'DELETE', path('exports', exportId));
  },
  async retryExport(exportId) {
    await ask(exportJobSchema, 'POST', path('exports', exportId, 'retry'));
  },
  exportUrl: (exportId) => path('exports', exportId, 'file'),
  shares: async (recordingId) =>
    (await ask(listSharesResultSchema, 'GET', path('recordings', recordingId, 'shares'))).shares,
  createShare: (recordingId, body) =>
    ask(createShareResultSchema, 'POST', path('recordings', recordingId, 'shares'), body),
  async revokeShare(recordingId, shareId) {
    await ask(z.unknown(), 'DELETE', path('recordings', recordingId, 'shares', shareId));
  },
  storage: () => ask(storageResultSchema, 'GET', path('storage')),
  setRetention: (rules) => ask(retentionSchema, 'PUT', path('storage', 'retention'), rules),
  planRetention: (rules) => ask(retentionPlanSchema, 'POST', path('storage', 'retention', 'dry-run'), rules),
  // Thousands of files may have to go.
  runRetention: () =>
    ask(retentionRunSchema, 'POST', path('storage', 'retention', 'run'), undefined, LONG_TIMEOUT_MS),
  audit: (query) => ask(listAuditResultSchema, 'GET', withQuery(path('audit'), query)),
  openShared: (token, password) =>
    ask(sharedRecordingSchema, 'POST', path('shared', token), password === undefined ? {} : { password }),
  sharedFileUrl: (token, name, options) => fileAddress(path('shared', token, 'files', name), options),
  sharedThumbnailUrl: (token, name) => path('shared', token, 'files', name, 'thumbnail'),
  sharedZipUrl: (token) => path('shared', token, 'zip'),
};

function fileAddress(address: string, { download = false } = {}): string {
  return withQuery(address, { ...(download && { download: 1 }) });
}

/** What is undefined is left out. */
function withQuery(address: string, query: Record<string, string | number | undefined>): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined);
  const text = new URLSearchParams(given.map(([key, value]) => [key, String(value)]));
  return text.size > 0 ? `${address}?${text}` : address;
}
