import { z } from 'zod';
import { errorBodySchema } from './errors.ts';
import { hostRequests } from './host-requests.ts';
import { connectionIdSchema, meetingIdSchema, personKeySchema } from './identifiers.ts';
import { mediaRequests, ownMediaSchema } from './media-requests.ts';
import {
  admissionSchema,
  chatMessageSchema,
  chatTextSchema,
  ownRecordingSchema,
  snapshotSchema,
  waitingSchema,
} from './meeting-state.ts';
import {
  consentSchema,
  personSchema,
  producerInfoSchema,
  qualitySchema,
  roleSchema,
  sourceSchema,
  videoCodecSchema,
} from './people.ts';
import { personProgressSchema, recordingStateSchema } from './recording-state.ts';
import { iceServerSchema, rtpCapabilitiesSchema } from './rtp-parameters.ts';

/** Handshake of a participant's socket (namespace `/`). Refusals arrive as connect_error with an error body in `data`. */
export const participantHandshakeSchema = z.object({
  token: z.string().max(4096),
  version: z.number().int(),
  /** Of a session to come back to: with it a token that has expired meanwhile still opens a socket. */
  ticket: z.string().max(128).optional(),
});

const id = z.string().min(1).max(128);
const nothing = z.object({});

/**
 * Requests from a participant, each acknowledged with a Reply of its result. The order is: hello, then (after the
 * consent question where the meeting is being recorded) join, then the rest in any order. After a lost socket: resume
 * with the ticket; when that fails with `session-over`, hello and join anew.
 */
export const requests = {
  ...mediaRequests,
  ...hostRequests,
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
      /** What everybody should send: the codec that the meeting was made with. */
      videoCodec: videoCodecSchema,
      admission: admissionSchema,
    }),
  },
  /**
   * `consent` is required while the meeting is being recorded (`consent-needed`), from everybody who has not said no before:
   * whoever pressed Record and the host come in anew like everybody else [D10] [D15]. With `pending` they come in
   * unrecorded, and answer there. Fails with `admission-needed` where the host lets people in one by one: the person waits
   * then, and joins again after the notice `admitted`.
   */
  join: {
    params: z.object({
      consent: z.enum(['accepted', 'declined', 'pending']).optional(),
      /** Without it nobody is known again by their browser. */
      personKey: personKeySchema.optional(),
      rtpCapabilities: rtpCapabilitiesSchema,
    }),
    result: snapshotSchema,
  },
  /**
   * Instead of join, on a new socket: goes on with the session of a lost one, within 30 s. Transports, producers and
   * consumers are as they were; what was missed is in the snapshot. Then `restartIce` where the network changed.
   */
  resume: {
    params: z.object({ ticket: z.string().max(128) }),
    result: snapshotSchema.extend({ media: ownMediaSchema }),
  },
  /**
   * A "no" is the person's: it holds for their other windows, and for those that they open later. `erase`, with a withdrawal
   * only: delete what exists of this person in this recording, instead of keeping it; answered when that is done, else with
   * `erasure-pending`.
   */
  answerConsent: {
    params: z.object({
      answer: z.enum(['accepted', 'declined', 'withdrawn']),
      erase: z.boolean().optional(),
    }),
    result: z.object({ consent: consentSchema }),
  },
  sendChat: { params: z.object({ text: chatTextSchema }), result: z.object({ message: chatMessageSchema }) },
  raiseHand: { params: z.object({ raised: z.boolean() }), result: nothing },
  /** To `hostOffered`. Declined, the role is offered to the next one. */
  answerHostOffer: { params: z.object({ accept: z.boolean() }), result: nothing },
  /** Takes the host role back, for somebody whose token says host. */
  reclaimHost: { params: nothing, result: nothing },
  leave: { params: nothing, result: nothing },
} as const;

export type RequestName = keyof typeof requests;
export type RequestParams<N extends RequestName> = z.infer<(typeof requests)[N]['params']>;
export type RequestResult<N extends RequestName> = z.infer<(typeof requests)[N]['result']>;

/** What answers each request of one participant. */
export type RequestHandlers = {
  [N in RequestName]: (params: RequestParams<N>) => RequestResult<N> | Promise<RequestResult<N>>;
};

/** What the SFU tells a participant, unasked. */
export const notices = {
  personJoined: z.object({ person: personSchema }),
  /** Name, role, connection or raised hand; of oneself, too. */
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
  /** To the person it is about, whenever it changes; without a state when the recording is over. */
  ownRecordingChanged: z.object({ ownRecording: ownRecordingSchema.optional() }),
  /** The recording ends by itself in this time, because of MAX_RECORDING_HOURS. */
  recordingEndsSoon: z.object({ inMs: z.number().nonnegative() }),
  /** A failure nobody asked about: the recorder was lost, the disk is full. */
  problem: z.object({ error: errorBodySchema }),
  /** Who is audible now, loudest first, and who has the floor: both change slowly enough to be shown as they are. */
  speakersChanged: z.object({
    connectionIds: z.array(connectionIdSchema),
    dominant: connectionIdSchema.optional(),
  }),
  /**
   * To the person it is about: their network has no room for these videos, which are held back so that sound gets
   * through (audio first). A complete list each time.
   */
  videosHeldBack: z.object({ producerIds: z.array(id) }),
  /** Of those whose quality has changed. */
  qualityChanged: z.object({
    people: z.array(z.object({ connectionId: connectionIdSchema, quality: qualitySchema })),
  }),
  /** To everybody in the meeting, the sender included. */
  chatAdded: z.object({ message: chatMessageSchema }),
  meetingRenamed: z.object({ name: z.string() }),
  admissionChanged: z.object({ admission: admissionSchema }),
  /** To the host only: everybody who waits, in the order in which they came. */
  waitingChanged: z.object({ waiting: z.array(waitingSchema) }),
  /** To somebody in the waiting room: join again now. */
  admitted: nothing,
  /** The host has paused what this person sends: the page shows it so, and switches the device off. */
  pausedByHost: z.object({ producerId: id, source: sourceSchema }),
  /** The host is gone, and this person has been here longest. */
  hostOffered: z.object({ expiresInMs: z.number().nonnegative() }),
  /** Somebody else has answered, or the host is back. */
  hostOfferOver: nothing,
  /**
   * The media server was replaced: every transport, producer and consumer of this page is gone, and so are those of
   * everybody else (their producers are told anew). The page loads these capabilities and makes its transports and
   * producers again; person, role and recording stay.
   */
  mediaReplaced: z.object({ routerRtpCapabilities: rtpCapabilitiesSchema }),
  /** The session is over for this socket; the page must not reconnect by itself. */
  ended: z.object({ reason: z.enum(['replaced', 'removed', 'refused', 'meeting-ended', 'idle']) }),
} as const;

export type NoticeName = keyof typeof notices;
export type Notice<N extends NoticeName> = z.infer<(typeof notices)[N]>;
