import { Fault } from '#protocol/errors.ts';
import type { RequestName, RequestParams, RequestResult } from '#protocol/signalling.ts';
import type { LocalDevices } from '../capture/local-devices.ts';
import { MediaLink } from '../media/media-link.ts';
import type { MeetingClaims } from '../ports/meeting-claims.ts';
import type { AnyNotice } from '../ports/signalling.ts';
import type { Chime } from '../ports/sound.ts';
import type { Preferences } from '../preferences.ts';
import { Store } from '../store.ts';
import { wantedKey } from '../wanted-key.ts';
import { afterNotice } from './after-notice.ts';
import { Entrance, type EntrancePorts } from './entrance.ts';
import { hostPowers } from './host-powers.ts';
import { beforeJoining, type EndReason, type MeetingSnapshot } from './meeting-state.ts';
import { Messages } from './messages.ts';

/** Stands in the token of a page whose person has not said their name yet; joining takes a token with the real one. */
const NAMELESS = 'Guest';

export interface MeetingPorts extends EntrancePorts {
  devices: LocalDevices;
  chime: Chime;
  claims: MeetingClaims;
  preferences: Preferences;
}

/**
 * One visit to one meeting, from the lobby to the end: what a person may do in it, and what they see of it. It connects
 * by itself when it starts (P1).
 */
export class MeetingSession extends Store<MeetingSnapshot> {
  readonly devices: LocalDevices;
  readonly media: MediaLink;
  readonly host = hostPowers((name, params) => this.#ask(name, params));
  readonly #ports: MeetingPorts;
  readonly #meetingId: string;
  readonly #messages: Messages;
  readonly #entrance: Entrance;
  #letGo: () => void = () => undefined;
  /** That the server has taken, for the next time. */
  #recordKey: string | undefined;

  constructor(meetingId: string, ports: MeetingPorts) {
    super(beforeJoining(meetingId));
    this.#meetingId = meetingId;
    this.#ports = ports;
    this.devices = ports.devices;
    this.#messages = new Messages(ports.clock, (messages) => this.update({ messages }));
    this.media = new MediaLink(ports.devices, ports.clock, {
      sendFailed: (_source, cause) => this.#tell(cause),
      encoderReplaced: (source) => this.#messages.add({ kind: 'encoder-replaced', source }),
      encoderFailed: (source) => this.#messages.add({ kind: 'encoder-failed', source }),
      blocked: (isMediaBlocked) => {
        if (!isMediaBlocked) this.#entrance.mended();
        if (isMediaBlocked !== this.getSnapshot().isMediaBlocked) this.update({ isMediaBlocked });
      },
      broken: () => this.#entrance.mend(),
    });
    this.#entrance = new Entrance(meetingId, ports, this, this.media, {
      notice: (notice) => this.#take(notice),
      tell: (content) => this.#messages.add(content),
      ended: (reason, fault) => this.#end(reason, fault),
    });
  }

  /** Looks the meeting up, opens camera and microphone, and connects. */
  start(): void {
    void this.devices.openBoth();
    this.connect();
  }

  /** Looks the meeting up and connects; the devices stay closed. */
  connect(): void {
    void this.#lookUp();
    void this.#lookElsewhere();
    void this.#entrance.connect(this.#ports.preferences.name || NAMELESS);
  }

  /** @param name 1 to 80 characters; what is wrong with it is told in the lobby */
  async join(name: string): Promise<void> {
    this.#ports.preferences.name = name;
    this.#letGo();
    this.#letGo = this.#ports.claims.take(this.#meetingId, name, () => this.#end('replaced'));
    await this.#entrance.join(name);
  }

  /** The answer to "This meeting is being recorded", before joining or in the meeting. */
  async answerConsent(consent: 'accepted' | 'declined'): Promise<void> {
    const { consent: before, phase } = this.getSnapshot();
    const { answer } = this.#entrance;
    if (consent === 'accepted') answer.agreed();
    else answer.refused(false);
    if (phase.name === 'asking') return this.#entrance.enter(consent);
    this.update({ consent });
    if (!(await this.#ask('answerConsent', { answer: consent }))) this.update({ consent: before });
  }

  /** Goes back from the question to the lobby. */
  cancelJoin(): void {
    this.#entrance.cancelJoin();
  }

  /** No longer recorded from now on. @param erase also what exists of this person in this recording */
  async withdraw(erase: boolean): Promise<void> {
    const { answer } = this.#entrance;
    answer.refused(erase);
    const result = await this.#ask('answerConsent', { answer: 'withdrawn', erase });
    if (!result) return;
    this.update({ consent: result.consent });
    answer.erased();
  }

  /** @returns false when it is not, and what is wrong has been told */
  async startRecording(key = this.#recordKey): Promise<boolean> {
    this.update({ command: 'starting', finishedRecordingId: undefined, wantedKey: undefined });
    try {
      await this.#entrance.request('startRecording', key === undefined ? {} : { key });
      this.#recordKey = key;
      return true;
    } catch (cause) {
      const wanted = wantedKey(Fault.from(cause).toBody());
      if (wanted) this.update({ wantedKey: wanted });
      else this.#tell(cause);
      return false;
    } finally {
      this.update({ command: 'none' });
    }
  }

  /** No key is given: nothing is recorded. */
  dismissKey(): void {
    this.update({ wantedKey: undefined });
  }

  /** @returns false when it goes on, and what is wrong has been told */
  async stopRecording(): Promise<boolean> {
    this.update({ command: 'stopping' });
    const result = await this.#ask('stopRecording', {});
    this.update({ command: 'none', ...(result && { finishedRecordingId: result.recordingId }) });
    return result !== undefined;
  }

  /** @returns false when it was not sent, and what is wrong has been told */
  async sendChat(text: string): Promise<boolean> {
    return (await this.#ask('sendChat', { text })) !== undefined;
  }

  async raiseHand(raised: boolean): Promise<void> {
    await this.#ask('raiseHand', { raised });
  }

  /**
   * For everybody in the meeting and its recording; and, where this browser made it, for whoever opens its link later.
   * @param name 1 to 120 characters
   */
  async rename(name: string): Promise<void> {
    const { archive, recent } = this.#ports;
    try {
      if (recent.hostKeyOf(this.#meetingId) !== undefined) await archive.renameMeeting(this.#meetingId, name);
      await this.#entrance.request('renameMeeting', { name });
    } catch (cause) {
      this.#tell(cause);
    }
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
    const { archive } = this.#ports;
    try {
      const { name } = await archive.meeting(this.#meetingId);
      this.#isCalled(name);
    } catch (cause) {
      this.update({ meeting: { status: 'missing', error: Fault.from(cause).toBody() } });
    }
  }

  #isCalled(name: string): void {
    this.#ports.recent.add({ meetingId: this.#meetingId, name });
    this.update({ meeting: { status: 'found', name } });
  }

  async #lookElsewhere(): Promise<void> {
    this.update({ isElsewhere: await this.#ports.claims.isTaken(this.#meetingId) });
  }

  #take(notice: AnyNotice): void {
    switch (notice.name) {
      case 'admitted':
        void this.#entrance.enter();
        break;
      case 'meetingRenamed':
        this.#isCalled(notice.data.name);
        break;
      case 'pausedByHost':
        // Nobody must think that they are heard.
        void this.devices.switchOff(notice.data.source);
        this.#messages.add({ kind: 'paused-by-host', source: notice.data.source });
        break;
      case 'mediaReplaced':
        void this.#entrance.replaceMedia(notice.data.routerRtpCapabilities);
        break;
      case 'ended':
        this.#end(notice.data.reason);
        break;
      default:
        this.#note(notice);
    }
  }

  #note(notice: AnyNotice): void {
    const before = this.getSnapshot();
    const { change, recordingIsOver, tell } = afterNotice(before, notice, this.#ports.clock.nowMs());
    this.update(change);
    // Taken up by a server that came after the one which was told "no".
    const isTakenUp = before.recording.status === 'off' && change.recording !== undefined;
    if (before.phase.name === 'joined' && (isTakenUp || change.consent === 'accepted'))
      this.#entrance.repeatAnswer();
    for (const content of tell) {
      this.#messages.add(content);
      if (content.kind === 'recording-started') this.#ports.chime.recordingStarted();
      if (content.kind === 'recording-stopped') this.#ports.chime.recordingStopped();
    }
    if (change.people) this.#entrance.wantMedia();
    // What they were asked about is over.
    if (recordingIsOver && this.getSnapshot().phase.name === 'asking') void this.#entrance.enter();
  }

  #end(reason: EndReason, fault?: Fault): void {
    this.#letGo();
    this.#entrance.close(reason === 'left' || reason === 'replaced');
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
      return await this.#entrance.request(name, params);
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
