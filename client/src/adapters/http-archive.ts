import { z } from 'zod';
import {
  createMeetingResultSchema,
  deletionResultSchema,
  joinMeetingResultSchema,
  listRecordingsResultSchema,
  meetingResultSchema,
  recordingResultSchema,
  sessionResultSchema,
} from '../../../protocol/archive-api.ts';
import { errorBodySchema, Fault } from '../../../protocol/errors.ts';
import { exportJobSchema, listExportsResultSchema } from '../../../protocol/exports-api.ts';
import { parseMessage } from '../../../protocol/reply.ts';
import {
  createShareResultSchema,
  listSharesResultSchema,
  sharedRecordingSchema,
} from '../../../protocol/shares-api.ts';
import type { Archive } from '../session/ports/archive.ts';

const TIMEOUT_MS = 15_000;

const failureSchema = z.object({ error: errorBodySchema });

async function ask<T extends z.ZodType>(
  schema: T,
  method: 'GET' | 'POST' | 'DELETE',
  path: string,
  body?: object,
): Promise<z.infer<T>> {
  let response: Response;
  let text: string;
  try {
    response = await fetch(path, {
      method,
      credentials: 'same-origin',
      signal: AbortSignal.timeout(TIMEOUT_MS),
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
  createMeeting: (name) => ask(createMeetingResultSchema, 'POST', path('meetings'), { name }),
  meeting: (meetingId) => ask(meetingResultSchema, 'GET', path('meetings', meetingId)),
  join: (meetingId, name, hostKey) =>
    ask(joinMeetingResultSchema, 'POST', path('meetings', meetingId, 'join'), {
      name,
      ...(hostKey !== undefined && { hostKey }),
    }),
  session: () => ask(sessionResultSchema, 'GET', path('session')),
  signIn: (password) => ask(sessionResultSchema, 'POST', path('session'), { password }),
  signOut: () => ask(sessionResultSchema, 'DELETE', path('session')),
  recordings: (cursor) =>
    ask(
      listRecordingsResultSchema,
      'GET',
      path('recordings') + (cursor ? `?cursor=${encodeURIComponent(cursor)}` : ''),
    ),
  meetingRecordings: (meetingId) =>
    ask(listRecordingsResultSchema, 'GET', path('meetings', meetingId, 'recordings')),
  recording: (recordingId) => ask(recordingResultSchema, 'GET', path('recordings', recordingId)),
  fileUrl: (recordingId, name, options) =>
    fileAddress(path('recordings', recordingId, 'files', name), options),
  zipUrl: (recordingId) => path('recordings', recordingId, 'zip'),
  async deleteRecording(recordingId) {
    await ask(deletionResultSchema, 'DELETE', path('recordings', recordingId));
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
  openShared: (token, password) =>
    ask(sharedRecordingSchema, 'POST', path('shared', token), password === undefined ? {} : { password }),
  sharedFileUrl: (token, name, options) => fileAddress(path('shared', token, 'files', name), options),
  sharedZipUrl: (token) => path('shared', token, 'zip'),
};

function fileAddress(address: string, { download = false, follow = false } = {}): string {
  const query = new URLSearchParams({ ...(download && { download: '1' }), ...(follow && { follow: '1' }) });
  return query.size > 0 ? `${address}?${query}` : address;
}
