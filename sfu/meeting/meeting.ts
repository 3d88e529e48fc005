import { randomBytes } from 'node:crypto';
import { Fault } from '../../protocol/errors.ts';
import type { JoinClaims } from '../../protocol/join-token.ts';
import type { RequestParams, RequestResult } from '../../protocol/signalling.ts';
import { MeetingMedia } from '../media/meeting-media.ts';
import type { PersonMedia } from '../media/person-media.ts';
import { Room } from '../room/room.ts';
import type { AnyNotice, Audience, RoomEvent } from '../room/room-event.ts';
import type { MeetingContext } from './meeting-context.ts';
import { RecordingDesk } from './recording-desk.ts';
import type { Session } from './session.ts';
import { Visitor } from './visitor.ts';

/** A lost socket is waited for this long: transports, role and recording stay (design §2). */
export const GRACE_MS = 30_000;
/** A recording ends this long after the last person has left (design D9). */
export const EMPTY_RECORDING_MS = 60_000;

/** One meeting: binds its room to sockets, media and a recording. */
export class Meeting {
  readonly meetingId: string;
  readonly #meetingName: string;
  readonly #context: MeetingContext;
  readonly #onEmpty: () => void;
  readonly #room: Room;
  readonly #visitors = new Map<string, Visitor>();
  /** By connection id; outlives a lost socket. */
  readonly #media = new Map<string, PersonMedia>();
  readonly #graces = new Map<string, () => void>();
  #meetingMedia: Promise<MeetingMedia> | undefined;
  readonly #recordings: RecordingDesk;
  #cancelEmpty: () => void = () => {};
  #closed = false;

  /** @param onEmpty nobody is left, and nothing is being recorded */
  constructor(
    meeting: { meetingId: string; meetingName: string },
    context: MeetingContext,
    onEmpty: () => void,
  ) {
    this.meetingId = meeting.meetingId;
    this.#meetingName = meeting.meetingName;
    this.#context = context;
    this.#onEmpty = onEmpty;
    this.#room = new Room({
      maxPeople: context.maxPeople,
      nowMs: () => context.clock.nowMs(),
      emit: (event) => this.#take(event),
    });
    this.#recordings = new RecordingDesk({
      meetingId: this.meetingId,
      meetingName: this.#meetingName,
      context,
      room: this.#room,
      openTransport: async () => (await this.#openMedia()).recorderTransport(),
      onOver: () => this.#checkEmpty(),
    });
  }

  get people(): number {
    return this.#room.size;
  }

  get visitors(): number {
    return this.#visitors.size;
  }

  get isRecording(): boolean {
    return this.#recordings.current !== undefined;
  }

  get droppedFacts(): number {
    return this.#recordings.current?.facts.dropped ?? 0;
  }

  /** A socket is there. One that is there already under the same connection id is replaced. */
  enter(claims: JoinClaims, session: Session): Visitor {
    const before = this.#visitors.get(claims.connectionId);
    if (before) {
      this.gone(before);
      before.session.end('replaced');
    }
    const visitor = new Visitor(claims, session);
    this.#visitors.set(claims.connectionId, visitor);
    return visitor;
  }

  /** The person of a lost socket is waited for. */
  gone(visitor: Visitor): void {
    if (visitor.isGone) return;
    visitor.isGone = true;
    const { connectionId } = visitor;
    if (this.#visitors.get(connectionId) === visitor) this.#visitors.delete(connectionId);
    if (visitor.joined) {
      this.#room.lost(connectionId);
      this.#cancelGrace(connectionId);
      const cancel = this.#context.clock.after(GRACE_MS, () => this.#remove(connectionId, 'lost'));
      this.#graces.set(connectionId, cancel);
    }
    this.#checkEmpty();
  }

  async hello({ claims }: Visitor): Promise<RequestResult<'hello'>> {
    const media = await this.#openMedia();
    const { connectionId, name, role } = claims;
    return {
      connectionId,
      meetingId: this.meetingId,
      meetingName: this.#meetingName,
      name,
      role,
      recording: this.#room.recording,
      routerRtpCapabilities: media.rtpCapabilities,
      iceServers: this.#context.iceServers,
      videoCodec: 'h264',
      admission: 'open',
    };
  }

  async join(visitor: Visitor, params: RequestParams<'join'>): Promise<RequestResult<'join'>> {
    const media = await this.#openMedia();
    if (visitor.isGone) throw new Fault('replaced');
    if (visitor.joined) throw new Fault('already-joined');
    const { connectionId, name, role } = visitor.claims;
    this.#room.join({ connectionId, name, role }, params.consent);
    visitor.joined = true;
    this.#cancelGrace(connectionId);
    this.#cancelEmpty();
    // After a lost socket the page sends everything anew; what is recorded of it goes on in the same files.
    this.#media.get(connectionId)?.close();
    const personMedia = media.person({
      connectionId,
      rtpCapabilities: params.rtpCapabilities,
      onProducerClosed: (producerId) => this.#room.removeProducer(connectionId, producerId),
    });
    this.#media.set(connectionId, personMedia);
    const consent = this.#room.consentOf(connectionId);
    return {
      ticket: randomBytes(24).toString('base64url'),
      role,
      people: this.#room.othersThan(connectionId),
      recording: this.#room.recording,
      admission: 'open',
      waiting: [],
      chat: [],
      hostOffered: false,
      ...(consent && { consent }),
    };
  }

  leave(visitor: Visitor): RequestResult<'leave'> {
    if (visitor.joined && !visitor.isGone) {
      visitor.joined = false;
      this.#remove(visitor.connectionId, 'left');
    }
    return {};
  }

  /** @throws Fault `not-joined` */
  mediaOf({ connectionId }: Visitor): PersonMedia {
    const media = this.#media.get(connectionId);
    if (!media) throw new Fault('not-joined');
    return media;
  }

  async produce(visitor: Visitor, params: RequestParams<'produce'>): Promise<RequestResult<'produce'>> {
    const media = this.mediaOf(visitor);
    const producer = await media.produce(params);
    this.#room.addProducer(visitor.connectionId, producer);
    return { producerId: producer.producerId };
  }

  async setProducerPaused(
    visitor: Visitor,
    { producerId, paused }: RequestParams<'setProducerPaused'>,
  ): Promise<RequestResult<'setProducerPaused'>> {
    await this.mediaOf(visitor).setProducerPaused(producerId, paused);
    this.#room.setProducerPaused(visitor.connectionId, producerId, paused);
    return {};
  }

  answerConsent(
    { connectionId }: Visitor,
    { answer, erase }: RequestParams<'answerConsent'>,
  ): RequestResult<'answerConsent'> {
    this.#room.answerConsent(connectionId, answer, erase);
    return { consent: answer };
  }

  startRecording(): Promise<RequestResult<'startRecording'>> {
    return this.#recordings.start();
  }

  stopRecording(): Promise<RequestResult<'stopRecording'>> {
    return this.#recordings.stop('host');
  }

  /** Ends the recording and all media; sockets are closed by their owner. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#cancelEmpty();
    for (const cancel of this.#graces.values()) cancel();
    await this.#recordings.stopUnasked('ended');
    const media = this.#meetingMedia;
    this.#meetingMedia = undefined;
    await media?.then(
      (open) => open.close(),
      (cause: Error) => this.#context.log.debug('media-never-opened', { cause: cause.message }),
    );
  }

  #take(event: RoomEvent): void {
    const recording = this.#recordings.current;
    if (event.type === 'notice') this.#deliver(event.audience, event.notice);
    else if (event.type === 'fact') recording?.fact(event.fact);
    else if (event.type === 'record') recording?.record(event.connectionId, event.producers);
    else recording?.unrecord(event.connectionId, { reason: event.reason, erase: event.erase });
  }

  #deliver(audience: Audience, notice: AnyNotice): void {
    if (audience.to === 'one') {
      const visitor = this.#visitors.get(audience.connectionId);
      if (visitor?.joined) visitor.session.notify(notice);
      return;
    }
    for (const visitor of this.#visitors.values()) {
      if (audience.to === 'joined' && (!visitor.joined || visitor.connectionId === audience.except)) continue;
      visitor.session.notify(notice);
    }
  }

  #openMedia(): Promise<MeetingMedia> {
    if (this.#meetingMedia) return this.#meetingMedia;
    const { log, plain, pool } = this.#context;
    const opening = MeetingMedia.open({
      pool,
      plain,
      log,
      onLoudest: (connectionIds) => this.#room.heard(connectionIds),
      onFailed: () => this.#mediaFailed(),
    });
    this.#meetingMedia = opening;
    opening.catch((cause: Error) => {
      log.error('media-not-opened', { meetingId: this.meetingId, cause: cause.message });
      if (this.#meetingMedia === opening) this.#meetingMedia = undefined;
    });
    return opening;
  }

  /**
   * The media worker died. The meeting and its recording go on: everybody is told to come back, finds their place kept,
   * and sends anew through another worker.
   */
  #mediaFailed(): void {
    if (this.#closed) return;
    this.#meetingMedia = undefined;
    this.#media.clear();
    this.#room.mediaReplaced();
    this.#recordings.current?.mediaLost();
    for (const visitor of [...this.#visitors.values()]) {
      this.gone(visitor);
      visitor.session.end('media-failed');
    }
  }

  #remove(connectionId: string, reason: 'left' | 'lost'): void {
    this.#cancelGrace(connectionId);
    this.#room.leave(connectionId, reason);
    this.#media.get(connectionId)?.close();
    this.#media.delete(connectionId);
    this.#checkEmpty();
  }

  #cancelGrace(connectionId: string): void {
    this.#graces.get(connectionId)?.();
    this.#graces.delete(connectionId);
  }

  #checkEmpty(): void {
    if (this.#closed || this.#room.size > 0) return;
    this.#cancelEmpty();
    if (this.isRecording) {
      this.#cancelEmpty = this.#context.clock.after(
        EMPTY_RECORDING_MS,
        () => void this.#recordings.stopUnasked('empty'),
      );
    } else if (this.#visitors.size === 0) {
      this.#onEmpty();
    }
  }
}
