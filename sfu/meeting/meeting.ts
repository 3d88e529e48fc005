import { Fault } from '#protocol/errors.ts';
import type { JoinClaims } from '#protocol/join-token.ts';
import type { NoticeName, RequestName, RequestParams, RequestResult } from '#protocol/signalling.ts';
import { limitedNetworkOf } from '#service/network-address.ts';
import { HOST_OFFER_MS } from '../room/host-role.ts';
import { marksOf } from '../room/marks.ts';
import { checkPermission } from '../room/policy.ts';
import { Room } from '../room/room.ts';
import type { RoomEvent } from '../room/room-event.ts';
import { Lobby } from './lobby.ts';
import { MediaDesk } from './media-desk.ts';
import { GRACE_MS, type MeetingContext, type MeetingDescription } from './meeting-context.ts';
import { RecordingDesk } from './recording-desk.ts';
import { Stays } from './stays.ts';
import { type Session, Visitor } from './visitor.ts';
import { Visitors } from './visitors.ts';

/** A recording ends this long after the last person has left [D9]. */
export const EMPTY_RECORDING_MS = 60_000;
/** After these another person is the host, or sends something else. */
const CHANGES_HOST: ReadonlySet<string> = new Set<NoticeName>([
  'personJoined',
  'personLeft',
  'personChanged',
  'producerAdded',
  'producerRemoved',
]);
/** Changes of quality are told together. */
export const QUALITY_INTERVAL_MS = 2000;

/** One meeting: binds its room to sockets, media and a recording. */
export class Meeting {
  readonly meetingId: string;
  readonly room: Room;
  readonly media: MediaDesk;
  readonly recordings: RecordingDesk;
  readonly stays: Stays;
  readonly #lobby: Lobby;
  readonly #description: MeetingDescription;
  readonly #context: MeetingContext;
  readonly #onEmpty: () => void;
  readonly #visitors = new Visitors();
  #cancelEmpty: () => void = () => {};
  readonly #stopQuality: () => void;
  #closed = false;

  /** @param onEmpty nobody is left, and nothing is being recorded */
  constructor(description: MeetingDescription, context: MeetingContext, onEmpty: () => void) {
    this.meetingId = description.meetingId;
    this.#description = description;
    this.#context = context;
    this.#onEmpty = onEmpty;
    this.stays = new Stays(context.clock);
    this.room = new Room({
      meetingName: description.meetingName,
      maxPeople: context.maxPeople,
      doors: description.doors,
      nowMs: () => context.clock.nowMs(),
      recording: () => this.recordings.state,
      emit: (event) => this.#take(event),
    });
    this.#lobby = new Lobby({
      clock: context.clock,
      doors: this.room.doors,
      sendOut: (visitor) => {
        this.gone(visitor);
        visitor.session.end('idle');
      },
    });
    this.media = this.#openMediaDesk();
    this.recordings = new RecordingDesk({
      meetingId: description.meetingId,
      audioCodec: description.audioCodec,
      context,
      room: this.room,
      openTransport: async () => (await this.media.open()).recorderTransport(),
      takePlace: (connectionId) => context.capacity.recorded.take(this.stays.addressOf(connectionId) ?? ''),
      networkOf: (connectionId) => this.stays.networkOf(connectionId),
      onOver: () => this.#checkEmpty(),
    });
    const orphan = context.directory.orphans.of(this.meetingId);
    if (orphan) this.recordings.takeUp(orphan);
    this.#stopQuality = context.clock.every(QUALITY_INTERVAL_MS, () => this.room.quality.tell());
  }

  /** @throws Fault `not-joined`, `not-host` */
  authorize(request: RequestName, visitor: Visitor): void {
    const joined = visitor.joined && !visitor.isGone && this.room.has(visitor.connectionId);
    const { role: tokenRole } = visitor.claims;
    const role = joined ? this.room.member(visitor.connectionId).role : tokenRole;
    checkPermission(request, { joined, role, tokenRole });
  }

  /** A socket is there. One that is there already under the same connection id is replaced. */
  enter(claims: JoinClaims, session: Session, address: string): Visitor {
    const before = this.#visitors.get(claims.connectionId);
    if (before) {
      this.gone(before);
      if (before.joined) this.room.replaced(claims.connectionId);
      before.session.end('replaced');
    }
    const visitor = new Visitor(claims, session, address);
    this.#visitors.add(visitor);
    this.#lobby.expect(visitor);
    return visitor;
  }

  /** The person of a lost socket is waited for. */
  gone(visitor: Visitor): void {
    if (visitor.isGone) return;
    visitor.isGone = true;
    visitor.cancelIdle();
    const { connectionId } = visitor;
    this.#visitors.remove(visitor);
    if (visitor.joined) {
      this.room.lost(connectionId);
      this.stays.waitFor(connectionId, GRACE_MS, () => this.#remove(connectionId, 'lost'));
    } else {
      this.room.doors.forget(connectionId);
    }
    this.#checkEmpty();
  }

  async hello({ claims }: Visitor): Promise<RequestResult<'hello'>> {
    const media = await this.media.open();
    const { connectionId, name, role } = claims;
    const { meetingId, videoCodec } = this.#description;
    return {
      connectionId,
      meetingId,
      meetingName: this.room.meetingName,
      name,
      role,
      recording: this.room.recording.state,
      routerRtpCapabilities: media.rtpCapabilities,
      iceServers: this.#context.iceServers,
      videoCodec,
      admission: this.room.doors.admission,
    };
  }

  async join(visitor: Visitor, params: RequestParams<'join'>): Promise<RequestResult<'join'>> {
    const media = await this.media.open();
    if (visitor.isGone) throw new Fault('replaced');
    if (visitor.joined) throw new Fault('already-joined');
    const { connectionId, name, role: tokenRole, sub: subject } = visitor.claims;
    const marks = marksOf(this.meetingId, { key: params.personKey, subject });
    this.#lobby.checkWaitingRoom(visitor, this.#visitors);
    const network = limitedNetworkOf(visitor.address);
    // What is noted of their coming is counted by where they come from.
    this.stays.come(connectionId, visitor.address);
    try {
      this.room.join({ connectionId, name, tokenRole, marks, network }, params.consent);
    } finally {
      if (!this.room.has(connectionId)) this.stays.leave(connectionId);
    }
    this.#isIn(visitor);
    // The page sends everything anew; what is recorded of it goes on in the same files.
    this.media.enter(media, connectionId, params.rtpCapabilities);
    return { ticket: this.stays.issueTicket(connectionId), ...this.room.snapshotFor(connectionId) };
  }

  /** Goes on where a lost socket ended, with all media as it is. @throws Fault `session-over`, `already-joined` */
  resume(visitor: Visitor, { ticket }: RequestParams<'resume'>): RequestResult<'resume'> {
    const { connectionId } = visitor;
    if (visitor.isGone) throw new Fault('replaced');
    if (visitor.joined) throw new Fault('already-joined');
    if (!this.room.has(connectionId) || !this.stays.hasTicket(connectionId, ticket)) {
      throw new Fault('session-over');
    }
    const media = this.media.of(connectionId).describe();
    this.room.back(connectionId);
    this.#isIn(visitor);
    return { ticket, ...this.room.snapshotFor(connectionId), media };
  }

  leave(visitor: Visitor): RequestResult<'leave'> {
    if (visitor.joined && !visitor.isGone) {
      visitor.joined = false;
      this.#remove(visitor.connectionId, 'left');
      this.#lobby.expect(visitor);
    }
    return {};
  }

  /** Completes the recording, then ends the meeting for everybody; the caller, who waits for the answer, comes last. */
  async end(by: Visitor): Promise<void> {
    await this.recordings.stopUnasked('host');
    const others = this.#visitors.all.filter(({ connectionId }) => connectionId !== by.connectionId);
    for (const { connectionId } of others) this.#endSession(connectionId, 'meeting-ended');
    this.#context.clock.after(0, () => this.#endSession(by.connectionId, 'meeting-ended'));
  }

  /** Ends the recording and all media; sockets are closed by their owner. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#cancelEmpty();
    this.#stopQuality();
    this.stays.close();
    for (const visitor of this.#visitors.all) visitor.cancelIdle();
    await this.recordings.stopUnasked('ended');
    this.recordings.standDown();
    await this.media.close();
  }

  #openMediaDesk(): MediaDesk {
    const { meetingId, videoCodec } = this.#description;
    const { room } = this;
    return new MediaDesk({
      meetingId,
      videoCodec,
      context: this.#context,
      onLoudest: (connectionIds) => room.heard(connectionIds),
      onDominant: (connectionId) => room.floor.dominant(connectionId),
      onProducerClosed: (connectionId, producerId) => room.removeProducer(connectionId, producerId),
      onQuality: (connectionId, quality) => room.quality.set(connectionId, quality),
      onHeldBack: (connectionId, producerIds) =>
        this.#visitors
          .get(connectionId)
          ?.session.notify({ name: 'videosHeldBack', data: { producerIds: [...producerIds] } }),
      onLost: () => {
        this.recordings.current?.mediaLost();
        room.mediaReplaced();
      },
      onReplaced: ({ rtpCapabilities: routerRtpCapabilities }) =>
        this.#visitors.tell({ to: 'everyone' }, { name: 'mediaReplaced', data: { routerRtpCapabilities } }),
    });
  }

  #isIn(visitor: Visitor): void {
    visitor.joined = true;
    visitor.cancelIdle();
    this.stays.come(visitor.connectionId, visitor.address);
    this.stays.back(visitor.connectionId);
    this.#cancelEmpty();
  }

  #take(event: RoomEvent): void {
    const recording = this.recordings.current;
    switch (event.type) {
      case 'notice':
        this.#visitors.tell(event.audience, event.notice);
        if (CHANGES_HOST.has(event.notice.name)) this.recordings.standBy();
        break;
      case 'fact':
        recording?.fact(event.fact);
        break;
      case 'record':
        recording?.record(event.connectionId, event.producers);
        break;
      case 'unrecord':
        recording?.unrecord(event.connectionId, { reason: event.reason, erase: event.erase });
        break;
      case 'doors':
        this.recordings.keepDoors();
        break;
      case 'offer':
        this.#context.clock.after(HOST_OFFER_MS, () => this.room.hosts.expired(event.number));
        break;
      case 'end':
        this.#endSession(event.connectionId, event.reason);
    }
  }

  /** Somebody is out for good, whether their socket is there or being waited for. */
  #endSession(connectionId: string, reason: Parameters<Session['end']>[0]): void {
    const visitor = this.#visitors.get(connectionId);
    if (visitor) {
      this.#visitors.remove(visitor);
      visitor.isGone = true;
      visitor.cancelIdle();
    }
    this.#remove(connectionId, 'left');
    visitor?.session.end(reason);
  }

  #remove(connectionId: string, reason: 'left' | 'lost'): void {
    this.room.leave(connectionId, reason);
    this.media.leave(connectionId);
    this.stays.leave(connectionId);
    this.#checkEmpty();
  }

  #checkEmpty(): void {
    if (this.#closed || this.room.size > 0) return;
    this.#cancelEmpty();
    if (this.recordings.current) {
      this.#cancelEmpty = this.#context.clock.after(
        EMPTY_RECORDING_MS,
        () => void this.recordings.stopUnasked('empty'),
      );
    } else if (this.#visitors.all.length === 0) {
      this.#onEmpty();
    }
  }
}
