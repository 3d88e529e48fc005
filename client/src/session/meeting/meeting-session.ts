import { type ErrorCode, Fault } from '../../../../protocol/errors.ts';
import type { Snapshot } from '../../../../protocol/meeting-state.ts';
import type { RequestName, RequestParams, RequestResult } from '../../../../protocol/signalling.ts';
import type { LocalDevices } from '../capture/local-devices.ts';
import { MediaLink } from '../media/media-link.ts';
import type { MediaDevice, MediaEngine } from '../ports/media.ts';
import type { AnyNotice } from '../ports/signalling.ts';
import type { Preferences } from '../preferences.ts';
import { Store } from '../store.ts';
import { afterNotice } from './after-notice.ts';
import { HostPowers } from './host-powers.ts';
import type { EndReason, MeetingSnapshot } from './meeting-state.ts';
import { Messages } from './messages.ts';
import { viewOf } from './recording-view.ts';
import { EMPTY_ROOM, roomOf } from './room-state.ts';
import { ServerLink, type ServerPorts } from './server-link.ts';

/** Failures that another attempt may not meet. */
const PASSING: ReadonlySet<ErrorCode> = new Set([
  'timeout',
  'media-failed',
  'internal',
  'sfu-unreachable',
  'rate-limited',
]);
/** Stands in the token of a page whose person has not said their name yet; joining takes a token with the real one. */
const NAMELESS = 'Guest';

export interface MeetingPorts extends ServerPorts {
  engine: MediaEngine;
  devices: LocalDevices;
  preferences: Preferences;
}

type Hello = RequestResult<'hello'>;
type JoinConsent = 'accepted' | 'declined';

/**
 * One visit to one meeting, from the lobby to the end. It connects by itself when it starts (P1), joins when told to,
 * and joins again by itself after a lost socket or broken media. What was once asked for, such as being in the meeting,
 * is kept as a wish that every new connection fulfils.
 */
export class MeetingSession extends Store<MeetingSnapshot> {
  readonly devices: LocalDevices;
  readonly media: MediaLink;
  readonly host = new HostPowers((name, params) => this.#ask(name, params));
  readonly #ports: MeetingPorts;
  readonly #meetingId: string;
  readonly #messages: Messages;
  readonly #server: ServerLink;
  /** What the server said of itself; undefined before there is a connection. */
  #hello: Hello | undefined;
  #device: MediaDevice | undefined;
  /** Of the session that the server keeps for a while after a lost socket. */
  #ticket: string | undefined;
  #wantsIn = false;
  #wasIn = false;
  /** The answer given before joining, and the recording that it is about. */
  #answer: { recordingId: string; consent: JoinConsent } | undefined;

  constructor(meetingId: string, ports: MeetingPorts) {
    super({
      meetingId,
      meeting: { status: 'loading' },
      connection: { status: 'connecting' },
      phase: { name: 'lobby' },
      self: undefined,
      people: [],
      room: EMPTY_ROOM,
      handRaisedAtMs: undefined,
      recording: { status: 'off' },
      consent: undefined,
      progress: [],
      command: 'none',
      finishedRecordingId: undefined,
      canReceiveH264: true,
      messages: [],
    });
    this.#meetingId = meetingId;
    this.#ports = ports;
    this.devices = ports.devices;
    this.#messages = new Messages(ports.clock, (messages) => this.update({ messages }));
    this.#server = new ServerLink(meetingId, ports, {
      connected: () => void (this.#ticket && this.media.isOpen ? this.#resume(this.#ticket) : this.#greet()),
      lost: () => this.#lose(),
      refused: (fault) => this.#refuse(fault),
      notice: (notice) => this.#take(notice),
      ticket: () => this.#ticket,
    });
    this.media = new MediaLink(ports.devices, {
      sendFailed: (_source, cause) => this.#tell(cause),
      broken: () => this.#mend(),
    });
  }

  /** Looks the meeting up, opens camera and microphone, and connects. */
  start(): void {
    void this.devices.openBoth();
    void this.#lookUp();
    void this.#connect(this.#ports.preferences.name || NAMELESS);
  }

  /** @param name 1 to 80 characters; what is wrong with it is told in the lobby */
  async join(name: string): Promise<void> {
    this.#ports.preferences.name = name;
    this.#wantsIn = true;
    this.update({ phase: { name: 'joining' } });
    const { connection } = this.getSnapshot();
    if (this.#server.name !== name || connection.status === 'refused') await this.#connect(name);
    else if (this.#hello) await this.#enter();
  }

  /** The answer to "This meeting is being recorded", before joining or in the meeting. */
  async answerConsent(consent: JoinConsent): Promise<void> {
    const { phase, recording } = this.getSnapshot();
    if (recording.status !== 'off') this.#answer = { recordingId: recording.recordingId, consent };
    if (phase.name === 'asking') return this.#enter();
    const before = this.getSnapshot().consent;
    this.update({ consent });
    if (!(await this.#ask('answerConsent', { answer: consent }))) this.update({ consent: before });
  }

  /** Goes back from the question to the lobby. */
  cancelJoin(): void {
    this.#wantsIn = false;
    this.update({ phase: { name: 'lobby' } });
  }

  /** No longer recorded from now on. @param erase also what exists of this person in this recording */
  async withdraw(erase: boolean): Promise<void> {
    const result = await this.#ask('answerConsent', { answer: 'withdrawn', erase });
    if (result) this.update({ consent: result.consent });
    if (this.#answer) this.#answer = { ...this.#answer, consent: 'declined' };
  }

  async startRecording(): Promise<void> {
    this.update({ command: 'starting', finishedRecordingId: undefined });
    await this.#ask('startRecording', {});
    this.update({ command: 'none' });
  }

  async stopRecording(): Promise<void> {
    this.update({ command: 'stopping' });
    const result = await this.#ask('stopRecording', {});
    this.update({ command: 'none', ...(result && { finishedRecordingId: result.recordingId }) });
  }

  /** @returns false when it was not sent, and what is wrong has been told */
  async sendChat(text: string): Promise<boolean> {
    return (await this.#ask('sendChat', { text })) !== undefined;
  }

  async raiseHand(raised: boolean): Promise<void> {
    await this.#ask('raiseHand', { raised });
  }

  /** To the offer of becoming the host. */
  async answerHostOffer(accept: boolean): Promise<void> {
    this.update({ room: { ...this.getSnapshot().room, hostOffered: false } });
    await this.#ask('answerHostOffer', { accept });
  }

  /** The link to the finished recording has been seen. */
  dismissFinished(): void {
    this.update({ finishedRecordingId: undefined });
  }

  dismiss(messageId: number): void {
    this.#messages.remove(messageId);
  }

  leave(): void {
    this.#end('left');
  }

  /** The page goes away: everything is released (P6). */
  close(): void {
    if (this.getSnapshot().phase.name !== 'ended') this.#end('left');
    this.#messages.close();
  }

  async #lookUp(): Promise<void> {
    const { archive, recent } = this.#ports;
    try {
      const { name } = await archive.meeting(this.#meetingId);
      recent.add({ meetingId: this.#meetingId, name });
      this.update({ meeting: { status: 'found', name } });
    } catch (cause) {
      this.update({ meeting: { status: 'missing', error: Fault.from(cause).toBody() } });
    }
  }

  async #connect(name: string): Promise<void> {
    this.#hello = undefined;
    this.update({ connection: { status: 'connecting' } });
    await this.#server.connect(name);
  }

  async #greet(): Promise<void> {
    const { generation } = this.#server;
    try {
      const hello = await this.#server.request('hello', {});
      const device = await this.#ports.engine.load(hello.routerRtpCapabilities);
      if (generation !== this.#server.generation) return;
      this.#hello = hello;
      this.#device = device;
      const { connectionId, name, role } = hello;
      this.update({
        connection: { status: 'connected' },
        self: { connectionId, name, role },
        recording: viewOf(hello.recording, this.#ports.clock.nowMs()),
        canReceiveH264: device.canReceiveH264,
      });
      if (this.#wantsIn) await this.#enter();
    } catch (cause) {
      if (generation === this.#server.generation) this.#failToEnter(Fault.from(cause));
    }
  }

  /** Back within the time that the server keeps a session: nothing is produced or consumed anew. */
  async #resume(ticket: string): Promise<void> {
    const { generation } = this.#server;
    try {
      const { media, ...snapshot } = await this.#server.request('resume', { ticket });
      if (generation !== this.#server.generation) return;
      this.update({ connection: { status: 'connected' } });
      this.#takeSnapshot(snapshot);
      this.#wantMedia();
      if (!this.media.goOn(media)) this.#mend();
    } catch (cause) {
      if (generation !== this.#server.generation) return;
      const fault = Fault.from(cause);
      if (fault.code !== 'session-over') return this.#failToEnter(fault);
      this.#ticket = undefined;
      this.media.stop();
      await this.#greet();
    }
  }

  #takeSnapshot(snapshot: Snapshot): void {
    const { self } = this.getSnapshot();
    this.#ticket = snapshot.ticket;
    this.update({
      ...(self && { self: { ...self, role: snapshot.role } }),
      people: snapshot.people.filter(({ connectionId }) => connectionId !== self?.connectionId),
      room: roomOf(snapshot),
      recording: viewOf(snapshot.recording, this.#ports.clock.nowMs()),
      consent: snapshot.consent,
    });
  }

  /** Joins over the connection that there is; asks about the recording first where that is needed. */
  async #enter(): Promise<void> {
    const { generation } = this.#server;
    const { recording, self } = this.getSnapshot();
    const [hello, device] = [this.#hello, this.#device];
    if (!hello || !device || !self) return;
    const isAsked = recording.status !== 'off' && self.role !== 'host';
    const answered = isAsked && this.#answer?.recordingId === recording.recordingId && this.#answer.consent;
    // Back after a lost connection and asked meanwhile: not answered is not recorded, the dialog then asks.
    const consent = answered || (isAsked && this.#wasIn ? 'declined' : undefined);
    if (isAsked && !consent) return this.update({ phase: { name: 'asking' } });
    if (!this.#wasIn) this.update({ phase: { name: 'joining' } });
    try {
      const joined = await this.#server.request('join', {
        rtpCapabilities: device.receiveCapabilities,
        ...(consent && { consent }),
      });
      if (generation !== this.#server.generation) return;
      const isBack = this.#wasIn;
      this.#wasIn = true;
      this.update({ phase: { name: 'joined' } });
      this.#takeSnapshot(joined);
      if (isBack && consent && !answered) this.update({ consent: 'pending' });
      this.#wantMedia();
      await this.#startMedia(generation, hello, device);
      if (isBack && generation === this.#server.generation) this.#messages.add({ kind: 'rejoined' });
    } catch (cause) {
      if (generation !== this.#server.generation) return;
      const fault = Fault.from(cause);
      if (fault.code === 'consent-needed') this.update({ phase: { name: 'asking' } });
      else if (fault.code === 'admission-needed') this.update({ phase: { name: 'waiting' } });
      else this.#failToEnter(fault);
    }
  }

  /** Somebody who was in already is brought back through passing trouble without being asked. */
  #failToEnter(fault: Fault): void {
    // The socket went away under the request: the next one starts over.
    if (this.getSnapshot().connection.status === 'lost') return;
    if (this.#wasIn && PASSING.has(fault.code)) this.#mend();
    else this.#refuse(fault);
  }

  async #startMedia(generation: number, hello: Hello, device: MediaDevice): Promise<void> {
    const { connection } = this.#server;
    if (!connection) return;
    try {
      await this.media.start(connection, device, hello.iceServers);
    } catch (cause) {
      if (generation !== this.#server.generation) return;
      this.#tell(cause);
      this.#mend();
    }
  }

  /** The socket is opened again by its adapter; media goes on meanwhile as long as the server keeps it. */
  #lose(): void {
    this.media.suspend();
    this.update({ connection: { status: 'lost' }, command: 'none' });
  }

  /** Nothing more is tried by itself: the person is told, and decides. */
  #refuse(fault: Fault): void {
    const error = fault.toBody();
    const wanted = this.#wantsIn;
    this.#wantsIn = false;
    if (this.#wasIn) {
      this.#end('refused', fault);
      return;
    }
    this.#server.close();
    this.#hello = undefined;
    this.update({
      connection: { status: 'refused', error },
      phase: wanted ? { name: 'lobby', error } : this.getSnapshot().phase,
    });
  }

  /** Starts the whole session anew with the same token: the way out of broken media. */
  #mend(): void {
    this.#ticket = undefined;
    this.media.stop();
    if (this.#server.mend()) this.#lose();
    else this.#end('media-failed');
  }

  #take(notice: AnyNotice): void {
    switch (notice.name) {
      case 'admitted':
        void this.#enter();
        break;
      case 'pausedByHost':
        // Nobody must think that they are heard.
        void this.devices.switchOff(notice.data.source);
        this.#messages.add({ kind: 'paused-by-host', source: notice.data.source });
        break;
      case 'mediaReplaced':
        this.#mend();
        break;
      case 'ended':
        this.#end(notice.data.reason);
        break;
      default:
        this.#note(notice);
    }
  }

  #note(notice: AnyNotice): void {
    const { change, recordingIsOver, tell } = afterNotice(
      this.getSnapshot(),
      notice,
      this.#ports.clock.nowMs(),
    );
    if (recordingIsOver) this.#answer = undefined;
    this.update(change);
    for (const content of tell) this.#messages.add(content);
    if (change.people) this.#wantMedia();
    // What they were asked about is over.
    if (recordingIsOver && this.getSnapshot().phase.name === 'asking') void this.#enter();
  }

  #wantMedia(): void {
    this.media.incoming.want(this.getSnapshot().people.flatMap(({ producers }) => producers));
  }

  #end(reason: EndReason, fault?: Fault): void {
    this.#wantsIn = false;
    if (reason === 'left' && this.#wasIn) {
      // Told so, the server need not wait for a return. Whether it answers makes no difference: the socket closes now.
      void this.#server.connection?.request('leave', {}).catch(() => undefined);
    }
    this.#server.close();
    this.media.stop();
    this.devices.close();
    this.update({ phase: { name: 'ended', reason, ...(fault && { error: fault.toBody() }) }, people: [] });
  }

  /** A request whose failure is told to the person; undefined then. */
  async #ask<N extends RequestName>(
    name: N,
    params: RequestParams<N>,
  ): Promise<RequestResult<N> | undefined> {
    try {
      return await this.#server.request(name, params);
    } catch (cause) {
      this.#tell(cause);
      return undefined;
    }
  }

  #tell(cause: unknown): void {
    if (this.getSnapshot().phase.name === 'ended') return;
    this.#messages.add({ kind: 'fault', error: Fault.from(cause).toBody() });
  }
}
