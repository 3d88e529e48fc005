import { Fault } from '#protocol/errors.ts';
import type { Snapshot } from '#protocol/meeting-state.ts';
import type { Consent, Person, ProducerInfo, Role, Source } from '#protocol/people.ts';
import type { RecordingState } from '#protocol/recording-state.ts';
import type { Notice, NoticeName, RequestName } from '#protocol/signalling.ts';
import type { AnyNotice, Signalling, SignallingConnection, SignallingEvents } from '../ports/signalling.ts';

const DTLS = { fingerprints: [{ algorithm: 'sha-256', value: '00' }] };
const RTP = { codecs: [{ mimeType: 'video/H264', payloadType: 100, clockRate: 90_000 }] };

/** A meeting server in memory: answers what the SFU would, and can lose or refuse its sockets. */
export class MemorySignalling implements Signalling {
  role: Role = 'participant';
  recording: RecordingState = { status: 'off' };
  people: Person[] = [];
  consent: Consent | undefined;
  /** Every request, as `name`, and its params. */
  readonly asked: { name: RequestName; params: unknown }[] = [];
  /** The next answers of a request are these failures. */
  readonly failures: Partial<Record<RequestName, Fault[]>> = {};
  /** The tokens of the sockets that were opened, in order. */
  readonly tokens: string[] = [];
  /** Whether somebody whose socket was lost finds their session again. */
  keepsSessions = false;
  /** What the server has of this page, as long as it keeps the session. */
  transports: string[] = [];
  producers: ProducerInfo[] = [];
  #events: SignallingEvents | undefined;
  #isConnected = false;
  #ids = 0;

  open(token: string, events: SignallingEvents): SignallingConnection {
    this.tokens.push(token);
    this.#events = events;
    this.#isConnected = false;
    return {
      request: async (name, params) => {
        if (this.#events !== events || !this.#isConnected) throw new Fault('timeout');
        this.asked.push({ name, params });
        const failure = this.failures[name]?.shift();
        if (failure) throw failure;
        return this.#answer(name, params as Record<string, unknown>) as never;
      },
      close: () => {
        if (this.#events === events) this.#events = undefined;
      },
    };
  }

  /** A socket that is connected, for whoever only asks. */
  openConnected(): SignallingConnection {
    const deaf = { connected() {}, lost() {}, refused() {}, notice() {}, ticket: () => undefined };
    const connection = this.open('token', deaf);
    this.connect();
    return connection;
  }

  get isOpen(): boolean {
    return this.#events !== undefined;
  }

  connect(): void {
    this.#isConnected = true;
    this.#events?.connected();
  }

  lose(): void {
    this.#isConnected = false;
    this.#events?.lost();
  }

  refuse(fault: Fault): void {
    this.#events?.refused(fault);
  }

  tell<N extends NoticeName>(name: N, data: Notice<N>): void {
    this.#events?.notice({ name, data } as AnyNotice);
  }

  names(): RequestName[] {
    return this.asked.map(({ name }) => name);
  }

  params(name: RequestName): unknown[] {
    return this.asked.filter((one) => one.name === name).map(({ params }) => params);
  }

  #snapshot(consent: Consent | undefined): Snapshot {
    const { people, recording, role } = this;
    const nothing = {
      meetingName: 'Weekly',
      admission: 'open' as const,
      waiting: [],
      chat: [],
      hostOffered: false,
    };
    return { ...nothing, ticket: 'ticket', role, people, recording, ...(consent && { consent }) };
  }

  #answer(name: RequestName, params: Record<string, unknown>): unknown {
    switch (name) {
      case 'hello':
        return {
          connectionId: 'me',
          meetingId: 'weekly',
          meetingName: 'Weekly',
          name: 'Ada',
          role: this.role,
          recording: this.recording,
          routerRtpCapabilities: { codecs: [] },
          iceServers: [],
        };
      case 'join':
        if (this.recording.status !== 'off' && !params.consent && !this.consent) {
          throw new Fault('consent-needed');
        }
        this.transports = [];
        this.producers = [];
        return this.#snapshot((params.consent as Consent | undefined) ?? this.consent);
      case 'resume': {
        if (!this.keepsSessions) throw new Fault('session-over');
        const transports = this.transports.map((transportId) => ({ transportId, direction: 'send' }));
        const media = { transports, producers: this.producers, consumers: [] };
        return { ...this.#snapshot(this.consent), media };
      }
      case 'createTransport':
        this.#ids += 1;
        this.transports.push(`${params.direction}-${this.#ids}`);
        return {
          transport: {
            id: `${params.direction}-${this.#ids}`,
            iceParameters: { usernameFragment: 'u', password: 'p' },
            iceCandidates: [],
            dtlsParameters: DTLS,
          },
        };
      case 'restartIce':
        return { iceParameters: { usernameFragment: 'u', password: 'p' } };
      case 'produce': {
        const producerId = `own-${params.source}`;
        this.producers.push({ producerId, source: params.source as Source, paused: params.paused === true });
        return { producerId };
      }
      case 'setProducerPaused': {
        const producer = this.producers.find(({ producerId }) => producerId === params.producerId);
        if (producer) producer.paused = params.paused === true;
        return {};
      }
      case 'consume':
        return {
          consumerId: `consumer-of-${params.producerId}`,
          producerId: params.producerId,
          kind: 'audio',
          rtpParameters: RTP,
        };
      case 'startRecording':
      case 'stopRecording':
        return { recordingId: '20261123T010000000Z-abcdefgh' };
      case 'answerConsent':
        return { consent: params.answer };
      default:
        return {};
    }
  }
}
