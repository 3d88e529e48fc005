import { z } from 'zod';
import { connectionIdSchema, meetingIdSchema, meetingNameSchema, personNameSchema } from '../identifiers.ts';

/** Making meetings and letting people into them. */

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
