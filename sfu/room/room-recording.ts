import { type ErrorBody, type ErrorCode, Fault } from '../../protocol/errors.ts';
import type { OwnRecording } from '../../protocol/meeting-state.ts';
import type { Consent } from '../../protocol/people.ts';
import type { FactBody } from '../../protocol/recorder.ts';
import type { FileProgress, RecordingState } from '../../protocol/recording-state.ts';
import type { Announcer } from './announcer.ts';
import type { Member, Members, Newcomer } from './members.ts';
import { hasBytesOnDisk, progressOf } from './progress.ts';
import type { RoomEvent, Unrecording } from './room-event.ts';
import { Speakers } from './speakers.ts';

export interface RoomRecordingOptions {
  members: Members;
  announcer: Announcer;
  nowMs(): number;
  emit(event: RoomEvent): void;
}

/** Nobody waits longer than this for a start: what has not arrived by then is missing. */
const START_LIMIT_MS = 3000;

type Status = Exclude<RecordingState['status'], 'off'>;
interface Current {
  status: Status;
  recordingId: string;
  startedAtMs: number;
}

/** What may be recorded of a room, and how the recording stands: consent, who is recorded, and what everybody is told. */
export class RoomRecording {
  readonly #options: RoomRecordingOptions;
  #speakers = new Speakers();
  #current: Current | undefined;
  /** Answers to the running recording; kept when somebody leaves, so that they need not be asked again. */
  readonly #consents = new Map<string, Consent>();
  readonly #recorded = new Set<string>();
  readonly #problems = new Map<string, ErrorCode>();
  #files: readonly FileProgress[] = [];
  /** What each person was last told of themselves. */
  readonly #told = new Map<string, string>();

  constructor(options: RoomRecordingOptions) {
    this.#options = options;
  }

  /** As it is to be sent now: the elapsed time counts until this call. */
  get state(): RecordingState {
    if (!this.#current) return { status: 'off' };
    const { status, recordingId, startedAtMs } = this.#current;
    if (status !== 'recording') return { status, recordingId };
    return { status, recordingId, elapsedMs: Math.max(0, this.#options.nowMs() - startedAtMs) };
  }

  consentOf(connectionId: string): Consent | undefined {
    return this.#current ? this.#consents.get(connectionId) : undefined;
  }

  isRecorded(connectionId: string): boolean {
    return this.#recorded.has(connectionId);
  }

  /** What this person's page shows of them; undefined while no recording is on. */
  own(connectionId: string): OwnRecording | undefined {
    if (!this.#current) return undefined;
    const { problem, state } = this.#progressOf(connectionId);
    return { state, ...(problem && { problem }) };
  }

  fact(fact: FactBody): void {
    if (this.#current) this.#options.emit({ type: 'fact', fact });
  }

  /** @throws Fault `recording-on` */
  start(recordingId: string, startedAtMs: number): void {
    this.#begin({ status: 'starting', recordingId, startedAtMs });
  }

  /**
   * A recording that is being made already, begun by a server process before this one, with the answers given to it.
   * @throws Fault `recording-on`
   */
  takeUp(recordingId: string, startedAtMs: number, consents: ReadonlyMap<string, Consent>): void {
    if (this.#current) throw new Fault('recording-on');
    for (const [connectionId, consent] of consents) this.#consents.set(connectionId, consent);
    this.#begin({ status: 'lost', recordingId, startedAtMs });
    this.fact({ type: 'epoch' });
  }

  /**
   * The answer that somebody comes in with; undefined while none is needed.
   * @throws Fault `consent-needed`
   */
  consentOnJoining(newcomer: Newcomer, answer: 'accepted' | 'declined' | undefined): Consent | undefined {
    if (!this.#current || this.#current.status === 'stopping') return undefined;
    const known = this.#consents.get(newcomer.connectionId);
    const consent = answer ?? known ?? (newcomer.tokenRole === 'host' ? 'accepted' : undefined);
    if (!consent) throw new Fault('consent-needed');
    return consent;
  }

  joined(member: Member, consent: Consent | undefined): void {
    if (consent) this.#set(member, consent, undefined);
    this.#told.set(member.connectionId, JSON.stringify(this.own(member.connectionId)));
  }

  left(connectionId: string, reason: 'left' | 'lost'): void {
    this.#unrecord(connectionId, { reason, erase: false });
    this.#problems.delete(connectionId);
    this.#told.delete(connectionId);
  }

  /** @throws Fault `recording-off`, `not-joined`, `bad-request` */
  answer(
    connectionId: string,
    answer: 'accepted' | 'declined' | 'withdrawn',
    erase: boolean | undefined,
  ): void {
    const member = this.#options.members.get(connectionId);
    if (!this.#current || this.#current.status === 'stopping') throw new Fault('recording-off');
    if (erase && answer !== 'withdrawn') {
      throw new Fault('bad-request', 'erase: goes with a withdrawal only');
    }
    this.#set(member, answer, answer === 'withdrawn' ? (erase ?? false) : undefined);
    this.#tellOwn();
  }

  /** What this person sends has changed. */
  refresh(member: Member): void {
    const { connectionId } = member;
    if (!this.#recorded.has(connectionId)) return;
    this.#options.emit({ type: 'record', connectionId, producers: [...member.producers.values()] });
  }

  /** The recorder says how its files stand. */
  heartbeat(files: readonly FileProgress[]): void {
    if (!this.#current) return;
    this.#files = files;
    const { startedAtMs, status } = this.#current;
    const isYoung = this.#options.nowMs() - startedAtMs < START_LIMIT_MS;
    const now = hasBytesOnDisk(files)
      ? 'recording'
      : status === 'starting' && isYoung
        ? 'starting'
        : 'waiting';
    if (status !== 'stopping' && status !== now) this.#setStatus(now);
    this.#tellOwn();
    this.#tellHost();
  }

  /** Undefined: this person, or what was not recorded of them, is recorded again. */
  problem(connectionId: string, code: ErrorCode | undefined): void {
    if (code) this.#problems.set(connectionId, code);
    else if (!this.#problems.delete(connectionId)) return;
    this.#tellOwn();
  }

  /** The recorder is gone or hangs: the light goes out, and nothing is being written for anybody. */
  recorderLost(): void {
    const status = this.#current?.status;
    if (status === undefined || status === 'lost' || status === 'stopping') return;
    this.#files = this.#files.map((file) => ({ ...file, state: 'stalled' }));
    this.#setStatus('lost');
    this.#tellOwn();
    this.#tellHost();
  }

  /** @throws Fault `recording-off` */
  stop(): void {
    if (!this.#current || this.#current.status === 'stopping') throw new Fault('recording-off');
    this.#setStatus('stopping');
  }

  /** The recording is over. @param error why, when nobody asked for it */
  over(error?: ErrorBody): void {
    if (!this.#current) return;
    const { announcer } = this.#options;
    this.#current = undefined;
    this.#consents.clear();
    this.#recorded.clear();
    this.#problems.clear();
    this.#files = [];
    this.#tell();
    announcer.joined({ name: 'consentChanged', data: {} });
    announcer.joined({ name: 'ownRecordingChanged', data: {} });
    this.#told.clear();
    if (error) announcer.joined({ name: 'problem', data: { error } });
  }

  /** @param loudest who was heard in the last interval, loudest first */
  heard(loudest: readonly string[]): void {
    // Who is not recorded does not appear in the recording's timeline either.
    const recorded = loudest.filter((connectionId) => this.#recorded.has(connectionId));
    const speaking = this.#speakers.update(recorded, this.#options.nowMs());
    if (speaking) this.fact({ type: 'speakers', connectionIds: [...speaking] });
  }

  #begin(current: Current): void {
    if (this.#current) throw new Fault('recording-on');
    const { announcer, members } = this.#options;
    this.#current = current;
    this.#speakers = new Speakers();
    this.#tell();
    for (const { connectionId, name, role } of members.all) {
      this.fact({ type: 'joined', connectionId, name, role });
    }
    // Pressing Record is the host's own consent; everybody else is asked (design D10).
    for (const member of members.all) {
      const known = this.#consents.get(member.connectionId);
      const consent = known ?? (member.role === 'host' ? 'accepted' : 'pending');
      this.#set(member, consent, undefined);
      announcer.one(member.connectionId, { name: 'consentChanged', data: { consent } });
    }
    this.#tellOwn();
  }

  #set(member: Member, consent: Consent, erase: boolean | undefined): void {
    const { connectionId } = member;
    const isNew = this.#consents.get(connectionId) !== consent || erase;
    this.#consents.set(connectionId, consent);
    if (isNew) this.fact({ type: 'consent', connectionId, consent, ...(erase !== undefined && { erase }) });
    if (consent === 'accepted') {
      this.#recorded.add(connectionId);
      this.refresh(member);
    } else if (erase) {
      this.#recorded.delete(connectionId);
      this.#options.emit({ type: 'unrecord', connectionId, reason: 'withdrawn', erase });
    } else {
      this.#unrecord(connectionId, { reason: 'withdrawn', erase: false });
    }
  }

  #unrecord(connectionId: string, why: Unrecording): void {
    if (this.#recorded.delete(connectionId)) this.#options.emit({ type: 'unrecord', connectionId, ...why });
  }

  #progressOf(connectionId: string) {
    const problem = this.#problems.get(connectionId);
    return progressOf(connectionId, this.#consents.get(connectionId), this.#files, problem);
  }

  #setStatus(status: Status): void {
    if (!this.#current) return;
    this.#current = { ...this.#current, status };
    this.#tell();
  }

  #tell(): void {
    this.#options.announcer.everyone({ name: 'recordingChanged', data: { recording: this.state } });
  }

  #tellHost(): void {
    const { announcer, members } = this.#options;
    const { host } = members;
    if (!host) return;
    const people = members.all.map(({ connectionId }) => this.#progressOf(connectionId));
    announcer.one(host.connectionId, { name: 'recordingProgress', data: { people } });
  }

  /** Each person of their own state, when it is another one. */
  #tellOwn(): void {
    for (const { connectionId } of this.#options.members.all) {
      const ownRecording = this.own(connectionId);
      const key = JSON.stringify(ownRecording);
      if (!ownRecording || this.#told.get(connectionId) === key) continue;
      this.#told.set(connectionId, key);
      this.#options.announcer.one(connectionId, { name: 'ownRecordingChanged', data: { ownRecording } });
    }
  }
}
