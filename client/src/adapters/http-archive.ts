import { z } from 'zod';
import {
  createMeetingResultSchema,
  joinMeetingResultSchema,
  listRecordingsResultSchema,
  meetingResultSchema,
  recordingResultSchema,
  sessionResultSchema,
} from '../../../protocol/archive-api.ts';
import { errorBodySchema, Fault } from '../../../protocol/errors.ts';
import { parseMessage } from '../../../protocol/reply.ts';
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
  if (failure.success) throw new Fault(failure.data.error.code, failure.data.error.message);
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
  recording: (recordingId) => ask(recordingResultSchema, 'GET', path('recordings', recordingId)),
  fileUrl: (recordingId, name, { download = false, follow = false } = {}) => {
    const query = new URLSearchParams({ ...(download && { download: '1' }), ...(follow && { follow: '1' }) });
    const address = path('recordings', recordingId, 'files', name);
    return query.size > 0 ? `${address}?${query}` : address;
  },
};
