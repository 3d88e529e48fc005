import { randomBytes } from 'node:crypto';
import { Fault } from '../../protocol/errors.ts';
import { makeRecordingId } from '../../protocol/identifiers.ts';
import type { JoinClaims } from '../../protocol/join-token.ts';
import type { RequestParams, RequestResult } from '../../protocol/signalling.ts';
import type { Clock } from '../../service/clock.ts';
import type { Log } from '../../service/log.ts';
import { MeetingMedia } from '../media/meeting-media.ts';
import type { PersonMedia } from '../media/person-media.ts';
import type { PlainOptions } from '../media/recorder-transport.ts';
import type { WorkerPool } from '../media/worker-pool.ts';
import type { RecorderDirectory } from '../recording/recorder-directory.ts';
import { Recording } from '../recording/recording.ts';
import { Room } from '../room/room.ts';
import type { AnyNotice, Audience, RoomEvent } from '../room/room-event.ts';
import type { Session } from './session.ts';
import { Visitor } from './visitor.ts';

/** A lost socket is waited for this long: transports, role and recording stay (design §2). */
export const GRACE_MS = 30_000;
/** A recording ends this long after the last person has left (design D9). */
export const EMPTY_RECORDING_MS = 60_000;

/** What every meeting of this process uses. */
export interface MeetingContext {
  pool: WorkerPool;
  plain: PlainOptions;
  directory: RecorderDirectory;
  clock: Clock;
  log: Log;
  iceServers: RequestResult<'hello'>['iceServers'];
  maxPeople: number;
  /** Made anew by each process. */
  sfuInstanceId: string;
}

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
  #recording: Recording | undefined;
  /** What the host has been told of in this recording. */
  readonly #told = new Set<string>();
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
  }

  get people(): number {
    return this.#room.size;
  }

  get visitors(): number {
    return this.#visitors.size;
  }

  get isRecording(): boolean {
    return this.#recording !== undefined;
  }

  get droppedFacts(): number {
    return this.#recording?.facts.dropped ?? 0;
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
      people: this.#room.othersThan(connectionId),
      recording: this.#room.recording,
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

  /** Answers once a recorder has opened the recording; the light goes on with the first bytes on disk. */
  async startRecording(): Promise<RequestResult<'startRecording'>> {
    const { clock, directory, log, sfuInstanceId } = this.#context;
    if (this.#recording) throw new Fault('recording-on');
    // Nobody is to be asked for a consent that no recorder is there to make use of.
    directory.candidates();
    const startedAtMs = Math.round(clock.nowMs());
    const recordingId = makeRecordingId(startedAtMs, randomBytes(8));
    const { meetingId } = this;
    const meetingName = this.#meetingName;
    const recording = new Recording({
      start: { recordingId, meetingId, meetingName, startedAtMs, sfuInstanceId },
      directory,
      clock,
      log,
      host: {
        openTransport: async () => (await this.#openMedia()).recorderTransport(),
        heartbeat: (files) => this.#room.heartbeat(files),
        lost: () => this.#room.recorderLost(),
        ended: (error) => this.#over(recording, error),
        failed: (connectionId, fault) => this.#personFailed(connectionId, fault),
      },
    });
    this.#recording = recording;
    this.#told.clear();
    this.#room.startRecording(recordingId, startedAtMs);
    try {
      await recording.start();
    } catch (cause) {
      recording.close();
      this.#over(recording);
      throw cause;
    }
    log.info('recording-started', { meetingId, recordingId, recorderId: recording.recorderId });
    return { recordingId };
  }

  /** Answers when every file is complete on disk. @throws Fault `recording-off`, `recorder-lost` */
  stopRecording(): Promise<RequestResult<'stopRecording'>> {
    return this.#stop('host');
  }

  /** Ends the recording and all media; sockets are closed by their owner. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#cancelEmpty();
    for (const cancel of this.#graces.values()) cancel();
    const { log } = this.#context;
    if (this.#recording) {
      const { recordingId } = this.#recording;
      await this.#stop('ended').catch((cause: Error) =>
        log.warn('recording-not-stopped', { recordingId, cause: cause.message }),
      );
    }
    const media = this.#meetingMedia;
    this.#meetingMedia = undefined;
    await media?.then(
      (open) => open.close(),
      (cause: Error) => log.debug('media-never-opened', { cause: cause.message }),
    );
  }

  async #stop(reason: 'host' | 'empty' | 'ended'): Promise<RequestResult<'stopRecording'>> {
    const recording = this.#recording;
    if (!recording) throw new Fault('recording-off');
    const { recordingId } = recording;
    this.#room.stopRecording();
    try {
      await recording.stop(reason);
      this.#over(recording);
    } catch (cause) {
      const fault = Fault.from(cause);
      this.#over(recording, fault.toBody());
      throw fault;
    }
    this.#context.log.info('recording-stopped', { meetingId: this.meetingId, recordingId, reason });
    return { recordingId };
  }

  /** Once per recording, whoever ended it. */
  #over(recording: Recording, error?: ReturnType<Fault['toBody']>): void {
    if (this.#recording !== recording) return;
    this.#recording = undefined;
    this.#room.recordingOver(error);
    this.#checkEmpty();
  }

  #take(event: RoomEvent): void {
    if (event.type === 'notice') this.#deliver(event.audience, event.notice);
    else if (event.type === 'fact') this.#recording?.fact(event.fact);
    else if (event.type === 'record') this.#recording?.record(event.connectionId, event.producers);
    else this.#recording?.unrecord(event.connectionId, { reason: event.reason, erase: event.erase });
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
    this.#recording?.mediaLost();
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

  #personFailed(connectionId: string, fault: Fault): void {
    this.#context.log.warn('person-not-recorded', { connectionId, code: fault.code, cause: fault.message });
    const key = `${connectionId} ${fault.code}`;
    if (this.#told.has(key)) return;
    this.#told.add(key);
    this.#room.tellHost(fault.toBody());
  }

  #checkEmpty(): void {
    if (this.#closed || this.#room.size > 0) return;
    this.#cancelEmpty();
    if (this.#recording) {
      const { clock, log } = this.#context;
      const { recordingId } = this.#recording;
      this.#cancelEmpty = clock.after(EMPTY_RECORDING_MS, () => {
        this.#stop('empty').catch((cause: Error) =>
          log.warn('recording-not-stopped', { recordingId, cause: cause.message }),
        );
      });
    } else if (this.#visitors.size === 0) {
      this.#onEmpty();
    }
  }
}
