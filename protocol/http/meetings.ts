import { z } from 'zod';
import { connectionIdSchema, meetingIdSchema, meetingNameSchema, personNameSchema } from '../identifiers.ts';
import { everybody, hostAndAdmin, type Routes } from './route.ts';

/** Making meetings and letting people into them. */

export const createMeetingBodySchema = z.object({
  name: meetingNameSchema,
  /** Where the server asks for one (`create-key-needed`). */
  key: z.string().max(256).optional(),
});
export const createMeetingResultSchema = z.object({ meetingId: meetingIdSchema, hostKey: z.string() });

export const renameMeetingBodySchema = z.object({ name: meetingNameSchema });

export const meetingResultSchema = z.object({ meetingId: meetingIdSchema, name: z.string() });

export const joinMeetingBodySchema = z.object({
  name: personNameSchema,
  hostKey: z.string().max(128).optional(),
});
export const joinMeetingResultSchema = z.object({ token: z.string(), connectionId: connectionIdSchema });

export const showHostKeyBodySchema = z.object({ hostKey: z.string().min(1).max(128) });

export const meetingRoutes = {
  'POST /api/meetings': {
    words: 'Makes a meeting. The host key is told only here.',
    who: everybody,
    limits: ['createMeeting', 'createMeetingToday'],
    body: createMeetingBodySchema,
    result: createMeetingResultSchema,
    status: 201,
  },
  'GET /api/meetings/:id': {
    words: 'Tells a meeting’s name.',
    who: everybody,
    result: meetingResultSchema,
  },
  'PATCH /api/meetings/:id': {
    words: 'Gives a meeting another name. Recordings that there are keep theirs.',
    who: hostAndAdmin,
    of: 'meeting',
    body: renameMeetingBodySchema,
    result: meetingResultSchema,
  },
  'POST /api/meetings/:id/join': {
    words: 'Gives a token with which a person enters the meeting.',
    who: everybody,
    limits: ['join'],
    body: joinMeetingBodySchema,
    result: joinMeetingResultSchema,
  },
  'POST /api/meetings/:id/host': {
    words: 'Shows the host key, so that this browser may play and download the meeting’s recordings.',
    who: everybody,
    limits: ['join'],
    body: showHostKeyBodySchema,
    result: meetingResultSchema,
  },
} as const satisfies Routes;
