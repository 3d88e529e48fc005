import { type ErrorCode, Fault } from '#protocol/errors.ts';
import type { Snapshot } from '#protocol/meeting-state.ts';
import type { RequestName, RequestParams, RequestResult } from '#protocol/signalling.ts';
import type { MediaLink } from '../media/media-link.ts';
import type { PersonKeys } from '../person-keys.ts';
import type { IceServers, MediaDevice, MediaEngine, RouterCapabilities } from '../ports/media.ts';
import type { AnyNotice } from '../ports/signalling.ts';
import type { Store } from '../store.ts';
import type { EndReason, MeetingSnapshot } from './meeting-state.ts';
import { viewOf } from './meeting-state.ts';
import type { MessageContent } from './messages.ts';
import { OwnAnswer } from './own-answer.ts';
import { roomOf } from './room-state.ts';
import { ServerLink, type ServerPorts } from './server-link.ts';

/** Failures that another attempt may not meet. */
const PASSING: ReadonlySet<ErrorCode> = new Set([
  'timeout',
  'media-failed',
  'internal',
  'sfu-unreachable',
  'rate-limited',
]);

export interface EntrancePorts extends ServerPorts {
  engine: MediaEngine;
  persons: PersonKeys;
}

interface Events {
  notice(notice: AnyNotice): void;
  tell(content: MessageContent): void;
  ended(reason: EndReason, fault?: Fault): void;
}

type JoinConsent = RequestParams<'join'>['consent'];

/** What a server that is there gives to whoever is to join it. */
interface Greeting {
  device: MediaDevice;
  iceServers: IceServers;
}

/**
 * How this person stands to the meeting, whatever becomes of the socket: every new connection fulfils it. `in`: the server keeps
 * their session for a while, and gives it back for the ticket; `returning`: it does so no more, and they join anew.
 */
type Standing = { is: 'outside' } | { is: 'coming' } | { is: 'in'; ticket: string } | { is: 'returning' };

/** The way into a meeting, and back into it: by going on with the session that the server has kept, or by joining anew. */
export class Entrance {
  readonly #ports: EntrancePorts;
  readonly #state: Store<MeetingSnapshot>;
  readonly #media: MediaLink;
  readonly #events: Events;
  readonly #server: ServerLink;
  readonly answer: OwnAnswer;
  /** Undefined before there is a connection. */
  #greeting: Greeting | undefined;
  #standing: Standing = { is: 'outside' };

  /** @param state of the meeting, as far as it comes from connecting and joining, is changed here */
  constructor(
    meetingId: string,
    ports: EntrancePorts,
    state: Store<MeetingSnapshot>,
    media: MediaLink,
    events: Events,
  ) {
    this.#ports = ports;
    this.#state = state;
    this.#media = media;
    this.#events = events;
    this.answer = new OwnAnswer(meetingId, ports.persons, state);
    this.#server = new ServerLink(meetingId, ports, {
      connected: () => {
        const standing = this.#standing;
        void (standing.is === 'in' && media.isOpen ? this.#resume(standing.ticket) : this.#greet());
      },
      lost: () => this.#lose(),
      refused: (fault) => this.#refuse(fault),
      notice: (notice) => events.notice(notice),
      ticket: () => (this.#standing.is === 'in' ? this.#standing.ticket : undefined),
    });
  }

  async connect(name: string): Promise<void> {
    this.#greeting = undefined;
    this.#state.update({ connection: { status: 'connecting' } });
    await this.#server.connect(name);
  }

  /** From the lobby into the meeting, as soon as there is a connection under this name. */
  async join(name: string): Promise<void> {
    if (this.#standing.is === 'outside') this.#standing = { is: 'coming' };
    this.#state.update({ phase: { name: 'joining' } });
    const { connection } = this.#state.getSnapshot();
    if (this.#server.name !== name || connection.status === 'refused') await this.connect(name);
    else if (this.#greeting) await this.enter();
  }

  /** Goes back from the question, or from waiting, to the lobby. */
  cancelJoin(): void {
    this.#standing = { is: 'outside' };
    this.#state.update({ phase: { name: 'lobby' } });
  }

  /**
   * Joins over the connection that there is. Who is needed to say whether they may be recorded is asked first; back after a
   * lost connection, they are asked when they are in.
   * @param answer as it was just given
   */
  async enter(answer?: JoinConsent): Promise<void> {
    const { signal } = this.#server;
    const greeting = this.#greeting;
    if (!greeting) return;
    const consent = answer ?? this.answer.toJoinWith;
    if (!this.#wasIn) this.#state.update({ phase: { name: 'joining' } });
    try {
      const joined = await this.#server.request('join', {
        rtpCapabilities: greeting.device.receiveCapabilities,
        personKey: this.answer.personKey,
        ...(consent && { consent }),
      });
      if (signal.aborted) return;
      const isBack = this.#wasIn;
      this.#state.update({ phase: { name: 'joined' } });
      this.#takeSnapshot(joined);
      this.wantMedia();
      this.repeatAnswer();
      await this.#startMedia(signal, greeting);
      if (isBack && !signal.aborted) this.#events.tell({ kind: 'rejoined' });
    } catch (cause) {
      if (signal.aborted) return;
      const fault = Fault.from(cause);
      if (fault.code === 'consent-needed') {
        if (this.#wasIn) await this.enter('pending');
        else this.#state.update({ phase: { name: 'asking' } });
      } else if (fault.code === 'admission-needed') this.#state.update({ phase: { name: 'waiting' } });
      else this.#failToEnter(fault);
    }
  }

  /** The server has another router: media begin anew, person, room and recording stay as they are. */
  async replaceMedia(routerRtpCapabilities: RouterCapabilities): Promise<void> {
    const { signal } = this.#server;
    const before = this.#greeting;
    if (!before) return;
    this.#media.stop();
    try {
      const device = await this.#ports.engine.load(routerRtpCapabilities);
      if (signal.aborted) return;
      this.#greeting = { ...before, device };
      await this.#startMedia(signal, this.#greeting);
    } catch {
      if (!signal.aborted) this.mend();
    }
  }

  /** Starts the whole session anew with the same token: the way out of broken media. */
  mend(): void {
    if (this.#standing.is === 'in') this.#standing = { is: 'returning' };
    this.#media.stop();
    if (this.#server.mend()) this.#lose();
    else this.#events.ended('media-failed');
  }

  /** Media get through. */
  mended(): void {
    this.#server.mended();
  }

  /** Everything that the others send is wanted, as the state has it. */
  wantMedia(): void {
    this.#media.incoming.want(this.#state.getSnapshot().people.flatMap(({ producers }) => producers));
  }

  /** @throws Fault */
  request<N extends RequestName>(name: N, params: RequestParams<N>): Promise<RequestResult<N>> {
    return this.#server.request(name, params);
  }

  /** @param isLeaving told so, the server does not wait for a return */
  close(isLeaving: boolean): void {
    // Whether it answers makes no difference: the socket closes now.
    if (isLeaving && this.#wasIn) void this.#server.connection?.request('leave', {}).catch(() => undefined);
    this.#standing = { is: 'outside' };
    this.#server.close();
  }

  get #wasIn(): boolean {
    return this.#standing.is === 'in' || this.#standing.is === 'returning';
  }

  async #greet(): Promise<void> {
    const { signal } = this.#server;
    try {
      const hello = await this.#server.request('hello', {});
      const device = await this.#ports.engine.load(hello.routerRtpCapabilities);
      if (signal.aborted) return;
      const { connectionId, iceServers, name, role } = hello;
      this.#greeting = { device, iceServers };
      this.#state.update({
        connection: { status: 'connected' },
        self: { connectionId, name, role },
        recording: viewOf(hello.recording, this.#ports.clock.nowMs()),
        canReceiveH264: device.canReceiveH264,
      });
      if (this.#standing.is !== 'outside') await this.enter();
    } catch (cause) {
      if (!signal.aborted) this.#failToEnter(Fault.from(cause));
    }
  }

  /** Back within the time that the server keeps a session: nothing is produced or consumed anew. */
  async #resume(ticket: string): Promise<void> {
    const { signal } = this.#server;
    try {
      const { media, ...snapshot } = await this.#server.request('resume', { ticket });
      if (signal.aborted) return;
      this.#state.update({ connection: { status: 'connected' } });
      this.#takeSnapshot(snapshot);
      this.wantMedia();
      this.repeatAnswer();
      if (!this.#media.goOn(media)) this.mend();
    } catch (cause) {
      if (signal.aborted) return;
      const fault = Fault.from(cause);
      if (fault.code !== 'session-over') return this.#failToEnter(fault);
      this.#standing = { is: 'returning' };
      this.#media.stop();
      await this.#greet();
    }
  }

  /** What the server may not have heard is said again. */
  repeatAnswer(): void {
    const ask = (params: RequestParams<'answerConsent'>) => this.#server.request('answerConsent', params);
    this.answer.repeat(ask).catch((cause: unknown) => {
      // Over the next connection it is asked for again.
      this.#events.tell({ kind: 'fault', error: Fault.from(cause).toBody() });
    });
  }

  #takeSnapshot(snapshot: Snapshot): void {
    const { self } = this.#state.getSnapshot();
    this.#standing = { is: 'in', ticket: snapshot.ticket };
    this.#state.update({
      ...(self && { self: { ...self, role: snapshot.role } }),
      meeting: { status: 'found', name: snapshot.meetingName },
      people: snapshot.people.filter(({ connectionId }) => connectionId !== self?.connectionId),
      room: roomOf(snapshot),
      recording: viewOf(snapshot.recording, this.#ports.clock.nowMs()),
      consent: snapshot.consent,
    });
  }

  async #startMedia(signal: AbortSignal, { device, iceServers }: Greeting): Promise<void> {
    const { connection } = this.#server;
    if (!connection) return;
    try {
      await this.#media.start(connection, device, iceServers);
    } catch (cause) {
      if (signal.aborted) return;
      this.#events.tell({ kind: 'fault', error: Fault.from(cause).toBody() });
      this.mend();
    }
  }

  /** Somebody who was in already is brought back through passing trouble without being asked. */
  #failToEnter(fault: Fault): void {
    // The socket went away under the request: the next one starts over.
    if (this.#state.getSnapshot().connection.status === 'lost') return;
    if (this.#wasIn && PASSING.has(fault.code)) this.mend();
    else this.#refuse(fault);
  }

  /** The socket is opened again by its adapter; media go on meanwhile as long as the server keeps them. */
  #lose(): void {
    this.#media.suspend();
    this.#state.update({ connection: { status: 'lost' }, command: 'none' });
  }

  /** Nothing more is tried by itself: the person is told, and decides. */
  #refuse(fault: Fault): void {
    if (this.#wasIn) {
      this.#events.ended('refused', fault);
      return;
    }
    const wanted = this.#standing.is === 'coming';
    this.#standing = { is: 'outside' };
    const error = fault.toBody();
    this.#server.close();
    this.#greeting = undefined;
    this.#state.update({
      connection: { status: 'refused', error },
      ...(wanted && { phase: { name: 'lobby', error } }),
    });
  }
}
