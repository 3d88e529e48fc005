import { type ErrorBody, Fault } from '../../protocol/errors.ts';
import type { Consent, Person, ProducerInfo, Role } from '../../protocol/people.ts';
import type { FactBody } from '../../protocol/recorder.ts';
import type { FileProgress, RecordingState } from '../../protocol/recording-state.ts';
import { hasBytesOnDisk, progressOf } from './progress.ts';
import type { AnyNotice, Audience, RoomEvent, Unrecording } from './room-event.ts';
import { Speakers } from './speakers.ts';

export interface RoomOptions {
  maxPeople: number;
  nowMs(): number;
  /** Takes what follows from each change, in order. */
  emit(event: RoomEvent): void;
}

export interface Newcomer {
  connectionId: string;
  name: string;
  role: Role;
}

type Status = Exclude<RecordingState['status'], 'off'>;

interface Member extends Newcomer {
  connected: boolean;
  producers: Map<string, ProducerInfo>;
}

/** Who is in a meeting, and what may be recorded of it. Holds state alone: no timers, no sockets, no media. */
export class Room {
  readonly #options: RoomOptions;
  readonly #members = new Map<string, Member>();
  #speakers = new Speakers();
  #recording: { status: Status; recordingId: string; startedAtMs: number } | undefined;
  /** Answers to the running recording; kept when somebody leaves, so that they need not be asked again. */
  readonly #consents = new Map<string, Consent>();
  readonly #recorded = new Set<string>();

  constructor(options: RoomOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#members.size;
  }

  /** As it is to be sent now: the elapsed time counts until this call. */
  get recording(): RecordingState {
    if (!this.#recording) return { status: 'off' };
    const { status, recordingId, startedAtMs } = this.#recording;
    if (status !== 'recording') return { status, recordingId };
    return { status, recordingId, elapsedMs: Math.max(0, this.#options.nowMs() - startedAtMs) };
  }

  has(connectionId: string): boolean {
    return this.#members.has(connectionId);
  }

  consentOf(connectionId: string): Consent | undefined {
    return this.#recording ? this.#consents.get(connectionId) : undefined;
  }

  /** Everybody but this person. */
  othersThan(connectionId: string): Person[] {
    return [...this.#members.values()].filter((one) => one.connectionId !== connectionId).map(personOf);
  }

  /**
   * Somebody comes in, or comes back within the time that a lost socket is waited for.
   * @throws Fault `already-joined`, `host-present`, `room-full`, `consent-needed`
   */
  join(newcomer: Newcomer, answer?: 'accepted' | 'declined'): void {
    const before = this.#members.get(newcomer.connectionId);
    if (before?.connected) throw new Fault('already-joined');
    const otherHost = newcomer.role === 'host' ? this.#hosts().find((one) => one !== before) : undefined;
    if (otherHost?.connected) throw new Fault('host-present');
    if (!before && this.#members.size - (otherHost ? 1 : 0) >= this.#options.maxPeople)
      throw new Fault('room-full');
    const consent = this.#consentOnJoining(newcomer, answer);

    // The host's page was closed without a word and is opened again under a new id: there is one host.
    if (otherHost) this.leave(otherHost.connectionId, 'lost');
    const member: Member = { ...newcomer, connected: true, producers: before?.producers ?? new Map() };
    this.#members.set(newcomer.connectionId, member);
    const { connectionId, name, role } = newcomer;
    if (!before) this.#fact({ type: 'joined', connectionId, name, role });
    else if (before.role !== role) this.#fact({ type: 'role', connectionId, role });
    this.#notify(
      { to: 'joined', except: connectionId },
      { name: before ? 'personChanged' : 'personJoined', data: { person: personOf(member) } },
    );
    if (consent) this.#setConsent(member, consent, undefined);
  }

  /** The socket is gone: the person stays until they are back, or leave is called. */
  lost(connectionId: string): void {
    const member = this.#members.get(connectionId);
    if (!member?.connected) return;
    member.connected = false;
    this.#changed(member);
  }

  leave(connectionId: string, reason: 'left' | 'lost'): void {
    const member = this.#members.get(connectionId);
    if (!member) return;
    this.#members.delete(connectionId);
    this.#notify({ to: 'joined', except: connectionId }, { name: 'personLeft', data: { connectionId } });
    this.#fact({ type: 'left', connectionId });
    this.#unrecord(connectionId, { reason, erase: false });
  }

  /** @throws Fault `not-joined` */
  addProducer(connectionId: string, producer: ProducerInfo): void {
    const member = this.#member(connectionId);
    member.producers.set(producer.producerId, producer);
    this.#notify(
      { to: 'joined', except: connectionId },
      { name: 'producerAdded', data: { connectionId, producer } },
    );
    this.#refreshRecorded(member);
  }

  /** Mute or camera off, and back. @throws Fault `not-joined`, `producer-not-found` */
  setProducerPaused(connectionId: string, producerId: string, paused: boolean): void {
    const member = this.#member(connectionId);
    const before = member.producers.get(producerId);
    if (!before) throw new Fault('producer-not-found');
    if (before.paused === paused) return;
    const producer = { ...before, paused };
    member.producers.set(producerId, producer);
    this.#notify(
      { to: 'joined', except: connectionId },
      { name: 'producerChanged', data: { connectionId, producer } },
    );
    if (!this.#recorded.has(connectionId)) return;
    this.#fact({ type: 'paused', connectionId, source: producer.source, paused });
    this.#refreshRecorded(member);
  }

  removeProducer(connectionId: string, producerId: string): void {
    const member = this.#members.get(connectionId);
    if (!member?.producers.delete(producerId)) return;
    this.#notify(
      { to: 'joined', except: connectionId },
      { name: 'producerRemoved', data: { connectionId, producerId } },
    );
    this.#refreshRecorded(member);
  }

  /** @throws Fault `recording-on` */
  startRecording(recordingId: string, startedAtMs: number): void {
    if (this.#recording) throw new Fault('recording-on');
    this.#recording = { status: 'starting', recordingId, startedAtMs };
    this.#speakers = new Speakers();
    this.#tellRecording();
    const members = [...this.#members.values()];
    for (const { connectionId, name, role } of members) {
      this.#fact({ type: 'joined', connectionId, name, role });
    }
    // Pressing Record is the host's own consent; everybody else is asked (design D10).
    for (const member of members) {
      const consent = member.role === 'host' ? 'accepted' : 'pending';
      this.#setConsent(member, consent, undefined);
      this.#notify(
        { to: 'one', connectionId: member.connectionId },
        { name: 'consentChanged', data: { consent } },
      );
    }
  }

  /** @throws Fault `recording-off`, `not-joined`, `bad-request` */
  answerConsent(
    connectionId: string,
    answer: 'accepted' | 'declined' | 'withdrawn',
    erase: boolean | undefined,
  ): void {
    const member = this.#member(connectionId);
    if (!this.#recording || this.#recording.status === 'stopping') throw new Fault('recording-off');
    if (erase && answer !== 'withdrawn') {
      throw new Fault('bad-request', 'erase: goes with a withdrawal only');
    }
    this.#setConsent(member, answer, answer === 'withdrawn' ? (erase ?? false) : undefined);
  }

  /** The recorder says how its files stand. */
  heartbeat(files: readonly FileProgress[]): void {
    if (!this.#recording) return;
    const { status } = this.#recording;
    if ((status === 'starting' || status === 'lost') && hasBytesOnDisk(files)) this.#setStatus('recording');
    const people = [...this.#members.keys()].map((id) => progressOf(id, this.#consents.get(id), files));
    for (const host of this.#hosts()) {
      this.#notify(
        { to: 'one', connectionId: host.connectionId },
        { name: 'recordingProgress', data: { people } },
      );
    }
  }

  /** The recorder is gone or hangs: the light goes out. */
  recorderLost(): void {
    const status = this.#recording?.status;
    if (status === 'starting' || status === 'recording') this.#setStatus('lost');
  }

  /** @throws Fault `recording-off` */
  stopRecording(): void {
    if (!this.#recording || this.#recording.status === 'stopping') throw new Fault('recording-off');
    this.#setStatus('stopping');
  }

  /** The recording is over. @param error why, when nobody asked for it */
  recordingOver(error?: ErrorBody): void {
    if (!this.#recording) return;
    this.#recording = undefined;
    this.#consents.clear();
    this.#recorded.clear();
    this.#tellRecording();
    this.#notify({ to: 'joined' }, { name: 'consentChanged', data: {} });
    if (error) this.#notify({ to: 'joined' }, { name: 'problem', data: { error } });
  }

  /** Something that only the host can do anything about. */
  tellHost(error: ErrorBody): void {
    for (const { connectionId } of this.#hosts()) {
      this.#notify({ to: 'one', connectionId }, { name: 'problem', data: { error } });
    }
  }

  /** Media begins anew on another worker, with another clock (design D4). */
  mediaReplaced(): void {
    this.#fact({ type: 'epoch' });
  }

  /** @param loudest who was heard in the last interval, loudest first */
  heard(loudest: readonly string[]): void {
    // Who is not recorded does not appear in the recording's timeline either.
    const recorded = loudest.filter((connectionId) => this.#recorded.has(connectionId));
    const speaking = this.#speakers.update(recorded, this.#options.nowMs());
    if (speaking) this.#fact({ type: 'speakers', connectionIds: [...speaking] });
  }

  #consentOnJoining(newcomer: Newcomer, answer: 'accepted' | 'declined' | undefined): Consent | undefined {
    if (!this.#recording || this.#recording.status === 'stopping') return undefined;
    const known = this.#consents.get(newcomer.connectionId);
    const consent = answer ?? known ?? (newcomer.role === 'host' ? 'accepted' : undefined);
    if (!consent) throw new Fault('consent-needed');
    return consent;
  }

  #setConsent(member: Member, consent: Consent, erase: boolean | undefined): void {
    const { connectionId } = member;
    const isNew = this.#consents.get(connectionId) !== consent || erase;
    this.#consents.set(connectionId, consent);
    if (isNew) {
      this.#fact({ type: 'consent', connectionId, consent, ...(erase !== undefined && { erase }) });
    }
    if (consent === 'accepted') {
      this.#recorded.add(connectionId);
      this.#refreshRecorded(member);
    } else if (erase) {
      this.#recorded.delete(connectionId);
      this.#options.emit({ type: 'unrecord', connectionId, reason: 'withdrawn', erase });
    } else {
      this.#unrecord(connectionId, { reason: 'withdrawn', erase: false });
    }
  }

  #refreshRecorded(member: Member): void {
    const { connectionId } = member;
    if (!this.#recorded.has(connectionId)) return;
    this.#options.emit({ type: 'record', connectionId, producers: [...member.producers.values()] });
  }

  #unrecord(connectionId: string, why: Unrecording): void {
    if (this.#recorded.delete(connectionId)) this.#options.emit({ type: 'unrecord', connectionId, ...why });
  }

  #setStatus(status: Status): void {
    if (!this.#recording) return;
    this.#recording = { ...this.#recording, status };
    this.#tellRecording();
  }

  #tellRecording(): void {
    this.#notify({ to: 'everyone' }, { name: 'recordingChanged', data: { recording: this.recording } });
  }

  #changed(member: Member): void {
    this.#notify(
      { to: 'joined', except: member.connectionId },
      { name: 'personChanged', data: { person: personOf(member) } },
    );
  }

  #hosts(): Member[] {
    return [...this.#members.values()].filter((one) => one.role === 'host');
  }

  #member(connectionId: string): Member {
    const member = this.#members.get(connectionId);
    if (!member) throw new Fault('not-joined');
    return member;
  }

  #fact(fact: FactBody): void {
    if (this.#recording) this.#options.emit({ type: 'fact', fact });
  }

  #notify(audience: Audience, notice: AnyNotice): void {
    this.#options.emit({ type: 'notice', audience, notice });
  }
}

function personOf({ connectionId, name, role, connected, producers }: Member): Person {
  return { connectionId, name, role, connected, producers: [...producers.values()] };
}
