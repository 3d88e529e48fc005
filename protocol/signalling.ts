import { z } from 'zod';
import { errorBodySchema } from './errors.ts';
import { connectionIdSchema, meetingIdSchema, recordingIdSchema } from './identifiers.ts';
import {
  consentSchema,
  kindSchema,
  personSchema,
  producerInfoSchema,
  roleSchema,
  sourceSchema,
} from './people.ts';
import { personProgressSchema, recordingStateSchema } from './recording-state.ts';
import {
  dtlsParametersSchema,
  iceParametersSchema,
  iceServerSchema,
  rtpCapabilitiesSchema,
  rtpParametersSchema,
  transportSchema,
} from './rtp-parameters.ts';

/** Handshake of a participant's socket (namespace `/`). Refusals arrive as connect_error with an error body in `data`. */
export const participantHandshakeSchema = z.object({
  token: z.string().max(4096),
  version: z.number().int(),
});

const id = z.string().min(1).max(128);
const nothing = z.object({});

/**
 * Requests from a participant, each acknowledged with a Reply of its result. The order is: hello, then (after the
 * consent question where the meeting is being recorded) join, then the rest in any order.
 */
export const requests = {
  /** Who am I, what is this meeting, is it being recorded: asked from the lobby, before joining. */
  hello: {
    params: nothing,
    result: z.object({
      connectionId: connectionIdSchema,
      meetingId: meetingIdSchema,
      meetingName: z.string(),
      name: z.string(),
      role: roleSchema,
      recording: recordingStateSchema,
      routerRtpCapabilities: rtpCapabilitiesSchema,
      iceServers: z.array(iceServerSchema),
    }),
  },
  /** `consent` is required while the meeting is being recorded, from everybody but the host (design D10). */
  join: {
    params: z.object({
      consent: z.enum(['accepted', 'declined']).optional(),
      rtpCapabilities: rtpCapabilitiesSchema,
    }),
    result: z.object({
      people: z.array(personSchema),
      recording: recordingStateSchema,
      consent: consentSchema.optional(),
    }),
  },
  createTransport: {
    params: z.object({ direction: z.enum(['send', 'receive']) }),
    result: z.object({ transport: transportSchema }),
  },
  connectTransport: {
    params: z.object({ transportId: id, dtlsParameters: dtlsParametersSchema }),
    result: nothing,
  },
  restartIce: {
    params: z.object({ transportId: id }),
    result: z.object({ iceParameters: iceParametersSchema }),
  },
  produce: {
    params: z.object({
      transportId: id,
      source: sourceSchema,
      rtpParameters: rtpParametersSchema,
      paused: z.boolean(),
    }),
    result: z.object({ producerId: id }),
  },
  /** Mute or camera off (true), and back. */
  setProducerPaused: { params: z.object({ producerId: id, paused: z.boolean() }), result: nothing },
  closeProducer: { params: z.object({ producerId: id }), result: nothing },
  /** The consumer is created paused; resumeConsumer starts it, once the page is ready to play it. */
  consume: {
    params: z.object({ producerId: id }),
    result: z.object({
      consumerId: id,
      producerId: id,
      kind: kindSchema,
      rtpParameters: rtpParametersSchema,
    }),
  },
  resumeConsumer: { params: z.object({ consumerId: id }), result: nothing },
  pauseConsumer: { params: z.object({ consumerId: id }), result: nothing },
  startRecording: { params: nothing, result: z.object({ recordingId: recordingIdSchema }) },
  /** Answers when every file is complete on disk. */
  stopRecording: { params: nothing, result: z.object({ recordingId: recordingIdSchema }) },
  /** `erase`, with a withdrawal only: delete what exists of this person, instead of keeping it. */
  answerConsent: {
    params: z.object({
      answer: z.enum(['accepted', 'declined', 'withdrawn']),
      erase: z.boolean().optional(),
    }),
    result: z.object({ consent: consentSchema }),
  },
  leave: { params: nothing, result: nothing },
} as const;

export type RequestName = keyof typeof requests;
export type RequestParams<N extends RequestName> = z.infer<(typeof requests)[N]['params']>;
export type RequestResult<N extends RequestName> = z.infer<(typeof requests)[N]['result']>;

/** What the SFU tells a participant, unasked. */
export const notices = {
  personJoined: z.object({ person: personSchema }),
  personChanged: z.object({ person: personSchema }),
  personLeft: z.object({ connectionId: connectionIdSchema }),
  producerAdded: z.object({ connectionId: connectionIdSchema, producer: producerInfoSchema }),
  producerChanged: z.object({ connectionId: connectionIdSchema, producer: producerInfoSchema }),
  producerRemoved: z.object({ connectionId: connectionIdSchema, producerId: id }),
  recordingChanged: z.object({ recording: recordingStateSchema }),
  /** `pending` opens the dialog "This meeting is being recorded". */
  consentChanged: z.object({ consent: consentSchema.optional() }),
  /** To the host only, at every heartbeat of the recorder while a recording is on. */
  recordingProgress: z.object({ people: z.array(personProgressSchema) }),
  /** A failure nobody asked about: the recorder was lost, the disk is full. */
  problem: z.object({ error: errorBodySchema }),
  /** The session is over for this socket; the page must not reconnect by itself. */
  ended: z.object({ reason: z.enum(['replaced', 'removed', 'meeting-ended', 'media-failed']) }),
} as const;

export type NoticeName = keyof typeof notices;
export type Notice<N extends NoticeName> = z.infer<(typeof notices)[N]>;
