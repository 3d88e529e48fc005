import { Fault } from '#protocol/errors.ts';
import type { ProducerInfo, Quality, VideoCodec } from '#protocol/people.ts';
import type { RequestParams } from '#protocol/signalling.ts';
import { MeetingMedia } from '../media/meeting-media.ts';
import type { PersonMedia } from '../media/person-media.ts';
import type { MeetingContext } from './meeting-context.ts';

type RtpCapabilities = RequestParams<'join'>['rtpCapabilities'];

/** How often it is looked at whether everybody's network has room for what they are sent. */
export const BALANCE_INTERVAL_MS = 1000;
/** Media that cannot be opened again is tried again after this. */
const RETRY_MS = 1000;

export interface MediaDeskOptions {
  meetingId: string;
  videoCodec: VideoCodec;
  context: MeetingContext;
  /** Who was heard in the last interval, loudest first. */
  onLoudest(connectionIds: string[]): void;
  onDominant(connectionId: string): void;
  onProducerClosed(connectionId: string, producerId: string): void;
  onQuality(connectionId: string, quality: Quality): void;
  onHeldBack(connectionId: string, producerIds: readonly string[]): void;
  /** The worker died, and everything on it is gone. */
  onLost(): void;
  /** There is another one: everybody is to make their transports again. */
  onReplaced(media: MeetingMedia): void;
}

/** A meeting's media and that of its people, on one worker, and on another one when that dies. */
export class MediaDesk {
  readonly #options: MediaDeskOptions;
  /** By connection id; outlives a lost socket, and with `rtpCapabilities` a lost worker. */
  readonly #people = new Map<string, { rtpCapabilities: RtpCapabilities; media: PersonMedia | undefined }>();
  #media: Promise<MeetingMedia> | undefined;
  #cancelRetry: () => void = () => {};
  readonly #stopBalancing: () => void;
  #closed = false;

  constructor(options: MediaDeskOptions) {
    this.#options = options;
    this.#stopBalancing = options.context.clock.every(BALANCE_INTERVAL_MS, () => this.#balance());
  }

  /** @throws Fault `media-failed` */
  open(): Promise<MeetingMedia> {
    if (this.#media) return this.#media;
    const { context, meetingId, onDominant, onLoudest, videoCodec } = this.#options;
    const { clock, log, plain, pool } = context;
    const opening = MeetingMedia.open({
      pool,
      plain,
      clock,
      log,
      videoCodec,
      onLoudest,
      onDominant,
      onFailed: () => this.#lost(opening),
    });
    this.#media = opening;
    opening.catch((cause: Error) => {
      log.error('media-not-opened', { meetingId, cause: cause.message });
      if (this.#media === opening) this.#media = undefined;
    });
    return opening;
  }

  /** @throws Fault `not-joined`; `media-failed` while a dead worker is being replaced */
  of(connectionId: string): PersonMedia {
    const person = this.#people.get(connectionId);
    if (!person) throw new Fault('not-joined');
    if (!person.media) throw new Fault('media-failed');
    return person.media;
  }

  /** Somebody begins from nothing: what they had before is closed. */
  enter(meetingMedia: MeetingMedia, connectionId: string, rtpCapabilities: RtpCapabilities): void {
    this.#people.get(connectionId)?.media?.close();
    this.#people.set(connectionId, {
      rtpCapabilities,
      media: this.#personMedia(meetingMedia, connectionId, rtpCapabilities),
    });
  }

  leave(connectionId: string): void {
    this.#people.get(connectionId)?.media?.close();
    this.#people.delete(connectionId);
  }

  /** The host pauses what somebody sends. */
  async pause(connectionId: string, { producerId }: ProducerInfo): Promise<void> {
    await this.of(connectionId).setProducerPaused(producerId, true);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#cancelRetry();
    this.#stopBalancing();
    const media = this.#media;
    this.#media = undefined;
    await media?.then(
      (open) => open.close(),
      (cause: Error) => this.#options.context.log.debug('media-never-opened', { cause: cause.message }),
    );
  }

  #balance(): void {
    const { clock, log } = this.#options.context;
    for (const { media } of this.#people.values()) {
      // A transport that closed meanwhile has nothing to balance.
      media
        ?.balance(clock.nowMs())
        .catch((cause: Error) => log.debug('not-balanced', { cause: cause.message }));
    }
  }

  #lost(opening: Promise<MeetingMedia>): void {
    if (this.#closed || this.#media !== opening) return;
    this.#media = undefined;
    for (const person of this.#people.values()) person.media = undefined;
    this.#options.onLost();
    this.#replace();
  }

  #replace(): void {
    this.open().then(
      (media) => {
        if (this.#closed) return;
        for (const [connectionId, person] of this.#people) {
          person.media ??= this.#personMedia(media, connectionId, person.rtpCapabilities);
        }
        this.#options.onReplaced(media);
      },
      () => {
        if (this.#closed) return;
        this.#cancelRetry = this.#options.context.clock.after(RETRY_MS, () => this.#replace());
      },
    );
  }

  #personMedia(media: MeetingMedia, connectionId: string, rtpCapabilities: RtpCapabilities): PersonMedia {
    const { onHeldBack, onProducerClosed, onQuality } = this.#options;
    return media.person({
      connectionId,
      rtpCapabilities,
      onProducerClosed: (producerId) => onProducerClosed(connectionId, producerId),
      onQuality: (quality) => onQuality(connectionId, quality),
      onHeldBack: (producerIds) => onHeldBack(connectionId, producerIds),
    });
  }
}
