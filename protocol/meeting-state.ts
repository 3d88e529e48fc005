import { z } from 'zod';
import { connectionIdSchema, personNameSchema } from './identifiers.ts';
import { consentSchema, personSchema, roleSchema } from './people.ts';
import { personProgressSchema, recordingStateSchema } from './recording-state.ts';

/** How somebody new comes in: `open` by themselves, `waiting-room` when the host admits them, `locked` not at all. */
export const admissionSchema = z.enum(['open', 'waiting-room', 'locked']);
export type Admission = z.infer<typeof admissionSchema>;

/** Somebody in the waiting room. */
export const waitingSchema = z.object({ connectionId: connectionIdSchema, name: personNameSchema });
export type Waiting = z.infer<typeof waitingSchema>;

export const CHAT_MAX_LENGTH = 2000;
/** Messages that are kept of a meeting, for those who come back. */
export const CHAT_MAX_MESSAGES = 200;

/** Line breaks are allowed, other control characters are not. */
export const chatTextSchema = z
  .string()
  .trim()
  .min(1, 'is empty')
  .max(CHAT_MAX_LENGTH, `is longer than ${CHAT_MAX_LENGTH} characters`)
  .regex(/^(?:[^\p{Cc}\p{Cs}]|\n|\t)*$/u, 'contains control characters');

export const chatMessageSchema = z.object({
  /** Counts up within the meeting. */
  id: z.number().int().positive(),
  connectionId: connectionIdSchema,
  name: personNameSchema,
  /** On the server's clock, epoch milliseconds. */
  atMs: z.number().int().nonnegative(),
  text: z.string().max(CHAT_MAX_LENGTH),
});
export type ChatMessage = z.infer<typeof chatMessageSchema>;

/** What a person's own page shows of them being recorded; absent while no recording is on. */
export const ownRecordingSchema = z.object({
  state: personProgressSchema.shape.state,
  problem: personProgressSchema.shape.problem,
});
export type OwnRecording = z.infer<typeof ownRecordingSchema>;

/** Everything that a page needs to show the meeting: on joining, and again on coming back to a session. */
export const snapshotSchema = z.object({
  /** Restores this session over another socket (request `resume`). A secret of this page. */
  ticket: z.string().max(128),
  /** As it is now: another one than in the join token after the host role was handed over. */
  role: roleSchema,
  meetingName: z.string(),
  /** Everybody else. */
  people: z.array(personSchema),
  recording: recordingStateSchema,
  consent: consentSchema.optional(),
  ownRecording: ownRecordingSchema.optional(),
  admission: admissionSchema,
  /** For the host only; empty for everybody else. */
  waiting: z.array(waitingSchema),
  /** What was said since this person came in, oldest first. */
  chat: z.array(chatMessageSchema),
  /** The host role is offered to this person: answer with `answerHostOffer`. */
  hostOffered: z.boolean(),
});
export type Snapshot = z.infer<typeof snapshotSchema>;
