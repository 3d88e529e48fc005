import { type ErrorBody, Fault } from '#protocol/errors.ts';
import type { ChatMessage, Snapshot } from '#protocol/meeting-state.ts';
import type { ProducerInfo, Source } from '#protocol/people.ts';
import type { KeptDoors } from '#protocol/recorder.ts';
import type { RecordingState } from '#protocol/recording-state.ts';
import type { RequestParams } from '#protocol/signalling.ts';
import { Announcer } from './announcer.ts';
import { Chat } from './chat.ts';
import { Doors } from './doors.ts';
import { Floor } from './floor.ts';
import { Hands } from './hands.ts';
import { HostRole } from './host-role.ts';
import { type Member, Members, type Newcomer, personOf } from './members.ts';
import { QualityBoard } from './quality-board.ts';
import type { RoomEvent } from './room-event.ts';
import { RoomRecording } from './room-recording.ts';

export interface RoomOptions {
  meetingName: string;
  maxPeople: number;
  /** As the meeting was left by the last one. */
  doors?: KeptDoors | undefined;
  nowMs(): number;
  /** How its recording stands. */
  recording(): RecordingState;
  /** Takes what follows from each change, in order. */
  emit(event: RoomEvent): void;
}

/** Who is in a meeting, and what they send. Holds state alone: no timers, no sockets, no media. */
export class Room {
  readonly recording: RoomRecording;
  readonly hosts: HostRole;
  readonly doors: Doors;
  readonly floor: Floor;
  readonly hands: Hands;
  readonly quality: QualityBoard;
  readonly #options: RoomOptions;
  readonly #announcer: Announcer;
  readonly #members = new Members();
  readonly #chat: Chat;
  #meetingName: string;

  constructor(options: RoomOptions) {
    this.#options = options;
    const { emit, maxPeople, meetingName } = options;
    this.#meetingName = meetingName;
    const nowMs = (): number => options.nowMs();
    const members = this.#members;
    const announcer = new Announcer(emit);
    this.#announcer = announcer;
    this.recording = new RoomRecording({ members, announcer, nowMs, recording: options.recording, emit });
    this.doors = new Doors({ members, announcer, emit, maxWaiting: maxPeople, before: options.doors });
    this.hosts = new HostRole({
      members,
      announcer,
      emit,
      recording: this.recording,
      onHost: () => this.doors.tellHost(),
    });
    this.floor = new Floor(announcer);
    this.hands = new Hands({ members, announcer, nowMs });
    this.quality = new QualityBoard(members, announcer);
    this.#chat = new Chat(announcer, this.recording);
  }

  get meetingName(): string {
    return this.#meetingName;
  }

  get size(): number {
    return this.#members.size;
  }

  has(connectionId: string): boolean {
    return this.#members.has(connectionId);
  }

  get host(): Readonly<Member> | undefined {
    return this.#members.host;
  }

  /** @throws Fault `not-joined` */
  member(connectionId: string): Readonly<Member> {
    return this.#members.get(connectionId);
  }

  /** What the page of somebody who is in shows. @throws Fault `not-joined` */
  snapshotFor(connectionId: string): Omit<Snapshot, 'ticket'> {
    const { joinedAtMs, role } = this.#members.get(connectionId);
    const consent = this.recording.consentOf(connectionId);
    const ownRecording = this.recording.own(connectionId);
    return {
      role,
      meetingName: this.#meetingName,
      people: this.#members.othersThan(connectionId),
      recording: this.recording.state,
      ...(consent && { consent }),
      ...(ownRecording && { ownRecording }),
      admission: this.doors.admission,
      waiting: role === 'host' ? this.doors.waiting : [],
      chat: this.#chat.since(joinedAtMs),
      hostOffered: this.hosts.isOfferedTo(connectionId),
    };
  }

  /**
   * Somebody comes in, or comes back within the time that a lost socket is waited for.
   * @throws Fault `already-joined`, `room-full`, `consent-needed`, and those of `Doors.check`
   */
  join(newcomer: Newcomer, answer?: RequestParams<'join'>['consent']): void {
    const { connectionId, marks, name, network, tokenRole } = newcomer;
    const before = this.#members.find(connectionId);
    if (before?.connected) throw new Fault('already-joined');
    const predecessor = before ? undefined : this.#predecessorOf(newcomer);
    if (!before) {
      if (this.#members.size - (predecessor ? 1 : 0) >= this.#options.maxPeople) throw new Fault('room-full');
      this.doors.check(newcomer);
    }
    const consent = this.recording.consentOnJoining(newcomer, answer);

    if (predecessor) this.#remove(predecessor, 'lost');
    const member: Member = before ?? {
      connectionId,
      name,
      tokenRole,
      marks,
      network,
      role: this.hosts.roleFor(tokenRole),
      joinedAtMs: this.#options.nowMs(),
      connected: true,
      handRaisedAtMs: undefined,
      quality: undefined,
      producers: new Map(),
    };
    this.#members.add(Object.assign(member, { name, marks, connected: true, isReplaced: false }));
    this.doors.entered(newcomer);
    if (before) this.recording.awayFact(member);
    else this.recording.joinedFact(member);
    this.#announcer.joined(
      { name: before ? 'personChanged' : 'personJoined', data: { person: personOf(member) } },
      connectionId,
    );
    this.recording.joined(member, consent);
    this.hosts.joined(member);
  }

  /** The socket is gone: the person stays until they are back, or leave is called. */
  lost(connectionId: string): void {
    const member = this.#members.find(connectionId);
    if (!member?.connected) return;
    member.connected = false;
    this.recording.awayFact(member);
    this.#changed(member, connectionId);
    this.hosts.lost(member);
  }

  /** Another socket has taken the place of theirs: until it resumes the session it is another page. */
  replaced(connectionId: string): void {
    const member = this.#members.find(connectionId);
    if (member) member.isReplaced = true;
  }

  /** Over another socket, with everything as it was. @throws Fault `not-joined` */
  back(connectionId: string): void {
    const member = this.#members.get(connectionId);
    if (member.connected) return;
    Object.assign(member, { connected: true, isReplaced: false });
    this.recording.awayFact(member);
    this.#changed(member, connectionId);
    this.hosts.joined(member);
  }

  leave(connectionId: string, reason: 'left' | 'lost'): void {
    const member = this.#members.find(connectionId);
    if (!member) return;
    this.#remove(member, reason);
    this.hosts.left(member);
  }

  /** The host sends somebody out. @throws Fault `person-not-found`, `bad-request` */
  expel(connectionId: string, by: string): void {
    const member = this.#members.named(connectionId);
    if (connectionId === by) throw new Fault('bad-request', 'connectionId: is your own');
    this.doors.remove(member, this.#members.get(by));
  }

  /** @throws Fault `not-joined` */
  addProducer(connectionId: string, producer: ProducerInfo): void {
    const member = this.#members.get(connectionId);
    member.producers.set(producer.producerId, producer);
    this.#announcer.joined({ name: 'producerAdded', data: { connectionId, producer } }, connectionId);
    this.recording.refresh(member);
  }

  /** Mute or camera off, and back. @throws Fault `not-joined`, `producer-not-found` */
  setProducerPaused(
    connectionId: string,
    producerId: string,
    paused: boolean,
    silenced?: ProducerInfo['silenced'],
  ): void {
    const member = this.#members.get(connectionId);
    const before = member.producers.get(producerId);
    if (!before) throw new Fault('producer-not-found');
    if (before.paused === paused && before.silenced === silenced) return;
    const { silenced: _, ...rest } = before;
    const producer = { ...rest, paused, ...(silenced && { silenced }) };
    member.producers.set(producerId, producer);
    this.#announcer.joined({ name: 'producerChanged', data: { connectionId, producer } }, connectionId);
    if (!this.recording.isRecorded(connectionId)) return;
    this.recording.fact({
      ...{ type: 'paused', connectionId, source: producer.source, paused },
      ...(silenced && { silenced }),
    });
    this.recording.refresh(member);
  }

  removeProducer(connectionId: string, producerId: string): void {
    const member = this.#members.find(connectionId);
    if (!member?.producers.delete(producerId)) return;
    this.#announcer.joined({ name: 'producerRemoved', data: { connectionId, producerId } }, connectionId);
    this.recording.refresh(member);
  }

  /**
   * What this person sends of a source, for the host to pause; undefined when there is nothing to pause.
   * @throws Fault `person-not-found`
   */
  flowing(connectionId: string, source: Source): ProducerInfo | undefined {
    const { producers } = this.#members.named(connectionId);
    return [...producers.values()].find((one) => one.source === source && !one.paused);
  }

  pausedByHost(connectionId: string, { producerId, source }: ProducerInfo): void {
    this.setProducerPaused(connectionId, producerId, true);
    this.#announcer.one(connectionId, { name: 'pausedByHost', data: { producerId, source } });
  }

  /** @throws Fault `not-joined` */
  say(connectionId: string, text: string): ChatMessage {
    return this.#chat.send(this.#members.get(connectionId), text, this.#options.nowMs());
  }

  /** Something that only the host can do anything about. */
  tellHost(error: ErrorBody): void {
    const { host } = this.#members;
    if (host) this.#announcer.one(host.connectionId, { name: 'problem', data: { error } });
  }

  rename(name: string, by: string): void {
    if (name === this.#meetingName) return;
    this.#meetingName = name;
    this.#announcer.everyone({ name: 'meetingRenamed', data: { name } });
    this.recording.fact({ type: 'renamed', connectionId: by, meetingName: name });
  }

  recordingEndsSoon(inMs: number): void {
    this.#announcer.joined({ name: 'recordingEndsSoon', data: { inMs } });
  }

  /** Media begins anew on another worker, with another clock [D4]: nobody sends anything any more. */
  mediaReplaced(): void {
    this.recording.fact({ type: 'epoch' });
    for (const { connectionId, producers } of this.#members.all) {
      for (const producerId of [...producers.keys()]) this.removeProducer(connectionId, producerId);
    }
  }

  /** @param loudest who was heard in the last interval, loudest first */
  heard(loudest: readonly string[]): void {
    this.floor.heard(loudest, this.#options.nowMs());
    this.recording.heard(loudest);
  }

  /** The host's page was closed without a word and is opened again under a new id: there is one host. */
  #predecessorOf({ tokenRole }: Newcomer): Member | undefined {
    const { host } = this.#members;
    return tokenRole === 'host' && host?.tokenRole === 'host' && !host.connected ? host : undefined;
  }

  #remove(member: Member, reason: 'left' | 'lost'): void {
    const { connectionId } = member;
    this.#members.remove(connectionId);
    this.#announcer.joined({ name: 'personLeft', data: { connectionId } }, connectionId);
    this.recording.fact({ type: 'left', connectionId });
    this.recording.left(connectionId, reason);
    this.floor.left(connectionId);
  }

  /** @param except who knows already */
  #changed(member: Member, except: string): void {
    this.#announcer.joined({ name: 'personChanged', data: { person: personOf(member) } }, except);
  }
}
