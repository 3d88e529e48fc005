import { z } from 'zod';
import { errorBodySchema } from './errors.ts';
import { connectionIdSchema, meetingIdSchema, personMarkSchema, recordingIdSchema } from './identifiers.ts';
import { admissionSchema } from './meeting-state.ts';
import { audioCodecSchema, consentSchema, kindSchema, roleSchema, sourceSchema } from './people.ts';
import { fileProgressSchema } from './recording-state.ts';
import { rtpCodecSchema } from './rtp-parameters.ts';
import { nonceSchema, proofSchema } from './token-proof.ts';

/**
 * SFU ↔ recorder, socket.io namespace `/recorder`; the recorder is the client. Two kinds of messages, told apart by
 * what must happen to them when the connection breaks:
 *
 * - Commands (`recorderCommands`, SFU → recorder) bring about a state and are idempotent by their key: repeated after
 *   a reconnect, they answer as the first time. They carry the media plumbing.
 * - Facts (`factSchema`, SFU → recorder) are what the manifest must hold. They are numbered from 1 within a recording;
 *   the recorder acknowledges the last number that it has taken over, and the SFU keeps every fact of a recording
 *   until it ends, to send again what the recorder (or its successor) does not have.
 */

/** A heartbeat goes to the SFU this often, and at once when the first bytes of a file are on disk. */
export const HEARTBEAT_INTERVAL_MS = 500;
/** Without a heartbeat for this long the recorder counts as lost, and the light goes out [D8]. */
export const HEARTBEAT_TIMEOUT_MS = 1500;

/**
 * In the handshake. Then the SFU emits `challenge` with a nonce of its own, which the recorder answers with its proof
 * that it knows the token; and `welcome` with the proof that the SFU knows it, or `refused` with the error. Nothing else
 * is said before that.
 */
export const recorderHandshakeSchema = z.object({
  /** Made anew for each connection. */
  nonce: nonceSchema,
  version: z.number().int(),
  recorderId: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/),
  /** Made anew by each process: tells a reconnect from a restart. */
  instanceId: z.string().min(1).max(64),
  /** People it can record at once. */
  capacity: z.number().int().positive(),
});
export type RecorderHandshake = z.infer<typeof recorderHandshakeSchema>;

/** A side that has not proved itself by then is given up. */
export const PROOF_TIMEOUT_MS = 5000;

export const challengeSchema = z.object({ nonce: nonceSchema });
export const recorderProofSchema = z.object({ proof: proofSchema });
export const welcomeSchema = z.object({ proof: proofSchema });
export type Welcome = z.infer<typeof welcomeSchema>;

/** What both proofs are over. */
export function provenParts(handshake: RecorderHandshake, sfuNonce: string): (string | number)[] {
  const { capacity, instanceId, nonce, recorderId } = handshake;
  return [recorderId, instanceId, capacity, nonce, sfuNonce];
}

/** Of one person: their key's and their subject's. */
const marksSchema = z.array(personMarkSchema).max(2);

/** Connections and marks of people who were let in, or sent out, that a recorder keeps for its SFU. */
export const MAX_KEPT_PEOPLE = 200;
const keptPeopleSchema = z.array(z.string().max(64)).max(MAX_KEPT_PEOPLE);
/** Who may come into a meeting, as somebody else can go on with it. */
export const keptDoorsSchema = z.object({
  admission: admissionSchema,
  admitted: keptPeopleSchema,
  removed: keptPeopleSchema,
});
export type KeptDoors = z.infer<typeof keptDoorsSchema>;

const recording = z.object({ recordingId: recordingIdSchema });
const receiver = recording.extend({ connectionId: connectionIdSchema });
const nothing = z.object({});
const streamId = z.string().min(1).max(128);
const epochMs = z.number().int().nonnegative();

export const endpointSchema = z.object({
  address: z.string().max(64),
  port: z.number().int().min(1).max(65535),
});
export type Endpoint = z.infer<typeof endpointSchema>;

/** A consumer of the SFU, as the recorder will see it on the wire. */
export const recordedStreamSchema = z.object({
  /** The id of the mediasoup Consumer. */
  streamId,
  source: sourceSchema,
  kind: kindSchema,
  codec: rtpCodecSchema,
  ssrc: z.number().int().min(0).max(0xffffffff),
  /** RTCP CNAME is the same for the streams of one sender. */
  cname: z.string().max(256).optional(),
  /** True while muted or the camera is off. */
  paused: z.boolean(),
  /** Paused by nobody's wish: what is missing is a gap. */
  silenced: z.literal(true).optional(),
});
export type RecordedStream = z.infer<typeof recordedStreamSchema>;

/** However often people come, go and share their screens (recorder/control/file-limits.ts). */
export const MAX_FILES_PER_RECORDING = 2500;
/** Of a recording that another SFU had started, in one answer: some 200 bytes each. */
export const PEOPLE_DESCRIBED_AT_ONCE = 600;

export const recorderCommands = {
  /** Opens the recording, or takes an interrupted one up again. Key: recordingId. */
  start: {
    params: recording.extend({
      meetingId: meetingIdSchema,
      meetingName: z.string().max(200),
      /** The instant of the press on the SFU's clock: zero of the recording's common clock. */
      startedAtMs: epochMs,
      /** By how much the wall clock is ahead of that clock, which never steps: for names and dates. */
      wallAheadMs: z.number().int().optional(),
      sfuInstanceId: z.string().max(64),
      /** How sound is recorded; the recorder's own choice when left out. Of the `start` that opened the recording. */
      audioCodec: audioCodecSchema.optional(),
    }),
    /** Facts after this number are wanted. */
    result: z.object({ lastFact: z.number().int().nonnegative() }),
  },
  /** What a running recording is about, for an SFU that finds one it did not start: its predecessor has died. */
  describe: {
    /** `from`: the people after so many, for the next part. */
    params: recording.extend({ from: z.number().int().nonnegative().optional() }),
    result: z.object({
      meetingId: meetingIdSchema,
      meetingName: z.string().max(200),
      startedAtMs: epochMs,
      wallAheadMs: z.number().int().optional(),
      /** Of the `start` that was answered last. */
      sfuInstanceId: z.string().max(64),
      lastFact: z.number().int().nonnegative(),
      /** What its sound is recorded as: another recorder goes on so. */
      audioCodec: audioCodecSchema.optional(),
      /** Those who have not left, and everybody who was asked; the latest answer. */
      people: z
        .array(
          z.object({
            connectionId: connectionIdSchema,
            isIn: z.boolean(),
            consent: consentSchema.optional(),
            marks: marksSchema.optional(),
          }),
        )
        .max(PEOPLE_DESCRIBED_AT_ONCE),
      /** There are more people than one message takes. */
      more: z.boolean().optional(),
      /** What was given to keep last. */
      doors: keptDoorsSchema.optional(),
    }),
  },
  /** Keeps this in memory for an SFU that comes after this one; each takes the place of the one before. */
  keepDoors: { params: recording.extend({ doors: keptDoorsSchema }), result: nothing },
  /** Binds the person's UDP socket. Key: connectionId. `from` is the PlainTransport: nothing else is listened to. */
  openReceiver: { params: receiver, result: z.object({ endpoint: endpointSchema }) },
  connectReceiver: { params: receiver.extend({ from: endpointSchema }), result: nothing },
  /** Acknowledged once packets of this stream can be taken; only then does the SFU resume the consumer. */
  addStream: { params: receiver.extend({ stream: recordedStreamSchema }), result: nothing },
  /** The producer closed: the track goes on as silence or slate. */
  removeStream: { params: receiver.extend({ streamId }), result: nothing },
  /** Completes the person's files. Key: connectionId. */
  closeReceiver: {
    params: receiver.extend({ reason: z.enum(['left', 'withdrawn', 'lost']), erase: z.boolean() }),
    result: nothing,
  },
  /** Completes every file and the manifest before it answers. */
  stop: {
    params: recording.extend({
      reason: z.enum(['host', 'empty', 'ended']),
      lastFact: z.number().int().nonnegative(),
    }),
    result: z.object({
      files: z.array(z.string()).max(MAX_FILES_PER_RECORDING),
      bytes: z.number().int().nonnegative(),
    }),
  },
} as const;

export type RecorderCommandName = keyof typeof recorderCommands;
export type RecorderCommandParams<N extends RecorderCommandName> = z.infer<
  (typeof recorderCommands)[N]['params']
>;
export type RecorderCommandResult<N extends RecorderCommandName> = z.infer<
  (typeof recorderCommands)[N]['result']
>;

/** Answers remembered of one recording; of those who have left the oldest is forgotten, and its person asked again. */
export const MAX_ANSWERS = 5000;

const fact = z.object({
  seq: z.number().int().positive(),
  /** When it happened, on the SFU's clock. */
  atMs: epochMs,
});
const personFact = fact.extend({ connectionId: connectionIdSchema });

/** What a recording is bounded in: kinds of facts, each with a bound of its own (sfu/recording/fact-budget.ts). */
export const fullKindSchema = z.enum(['people', 'consent', 'chat', 'speakers', 'pauses', 'epochs']);
export type FullKind = z.infer<typeof fullKindSchema>;

/** Told to the host, and noted in the manifest with `recording-full`. */
export const FULL_WORDS: Record<FullKind, string> = {
  people: 'So many people came and went that the recording notes no more of it.',
  consent:
    'So many answers came from one person, or one network, that no more of theirs are noted. Whose “yes” is not noted is not recorded.',
  chat: 'So much was written that the recording keeps no more of the chat.',
  speakers: 'The recording notes no more of who speaks when.',
  pauses: 'So many muted themselves so often that the recording notes no more of it.',
  epochs: 'The media server was replaced so often that the recording notes no more of it.',
};

export const factSchema = z.discriminatedUnion('type', [
  personFact.extend({
    type: z.literal('joined'),
    name: z.string(),
    role: roleSchema,
    /** Hashes that differ from recording to recording: whether two connections are the same person. */
    marks: marksSchema.optional(),
  }),
  personFact.extend({ type: z.literal('left') }),
  /** By this person, its host. */
  personFact.extend({ type: z.literal('renamed'), meetingName: z.string().max(200) }),
  personFact.extend({ type: z.literal('role'), role: roleSchema }),
  /**
   * `pending`: was told and asked. A "no" is on disk before it is acknowledged, and is carried out whatever happens to the
   * SFU from then on: nothing more is written of this person, and with `erase` what exists is deleted.
   */
  personFact.extend({
    type: z.literal('consent'),
    consent: consentSchema,
    erase: z.boolean().optional(),
    /** With a "no": the person's other connections. It is one fact, so that no crash leaves a part of it. */
    others: z.array(connectionIdSchema).max(MAX_ANSWERS).optional(),
  }),
  /** Mute and camera-off, true when it begins. */
  personFact.extend({
    type: z.literal('paused'),
    source: sourceSchema,
    paused: z.boolean(),
    silenced: z.literal(true).optional(),
  }),
  /** Their connection is lost, and is waited for; false: they are back. What ends it otherwise is that they left. */
  personFact.extend({ type: z.literal('away'), away: z.boolean() }),
  /** Who is speaking from now on, loudest first. */
  fact.extend({ type: z.literal('speakers'), connectionIds: z.array(connectionIdSchema).max(16) }),
  personFact.extend({ type: z.literal('chat'), text: z.string().max(4000) }),
  /** The mapping from RTP to the SFU's clock begins anew: a media worker was replaced [D4]. */
  fact.extend({ type: z.literal('epoch') }),
  /** No more of this kind is kept. */
  fact.extend({ type: z.literal('full'), kind: fullKindSchema }),
]);
export type Fact = z.infer<typeof factSchema>;

/** Whom an answer is about, the connection over which it came last. */
export function answeredFor({
  connectionId,
  others = [],
}: Pick<Extract<Fact, { type: 'consent' }>, 'connectionId' | 'others'>): string[] {
  return [...others, connectionId];
}

export type FactBody = Fact extends infer F ? (F extends Fact ? Omit<F, 'seq' | 'atMs'> : never) : never;

/** SFU → recorder, event `facts`, acknowledged with the last number taken over. */
export const factsMessageSchema = recording.extend({ facts: z.array(factSchema).max(1000) });
export const factsResultSchema = z.object({ lastFact: z.number().int().nonnegative() });

/**
 * Recorder → SFU, event `heartbeat`; the answer carries the SFU's clock, from which the recorder learns its offset. It names
 * every recording that is being made, from the answer to `start` on: what is being completed is not.
 */
export const heartbeatSchema = z.object({
  recordings: z
    .array(
      recording.extend({
        lastFact: z.number().int().nonnegative(),
        files: z.array(fileProgressSchema).max(1000),
        /** Further files of this recording follow in the next message. */
        more: z.boolean().optional(),
      }),
    )
    .max(1000),
  /** The next message goes on with it. */
  more: z.boolean().optional(),
});
export type Heartbeat = z.infer<typeof heartbeatSchema>;
export const heartbeatResultSchema = z.object({ sfuNowMs: z.number() });

/** Recorder → SFU, event `recordingEnded`: it ended by itself. Nothing more is recorded; its files are being completed. */
export const recordingEndedSchema = recording.extend({ error: errorBodySchema });
