import type { types } from 'mediasoup';
import type { Source, VideoCodec } from '#protocol/people.ts';
import type { RequestResult } from '#protocol/signalling.ts';
import type { Clock } from '#service/clock.ts';
import type { Log } from '#service/log.ts';
import { withoutRefusedExtensions } from './codecs.ts';
import { asMedia, mediaFault } from './media-fault.ts';
import { PersonMedia, type PersonMediaOptions } from './person-media.ts';
import type { SentStream } from './received-stream.ts';
import { type PlainOptions, RecorderTransport } from './recorder-transport.ts';
import type { RouterSeat, WorkerPool } from './worker-pool.ts';

/** Sounds below this are not speech, dBov (RFC 6464). */
const SPEECH_THRESHOLD_DBOV = -55;
const LEVEL_INTERVAL_MS = 500;
const DOMINANT_INTERVAL_MS = 300;
const MAX_LOUDEST = 16;

export interface MeetingMediaOptions {
  pool: WorkerPool;
  plain: PlainOptions;
  clock: Clock;
  log: Log;
  videoCodec: VideoCodec;
  /** Who was heard in the last interval, loudest first. */
  onLoudest(connectionIds: string[]): void;
  /** Who has the floor now. */
  onDominant(connectionId: string): void;
  /** The worker died, and with it everything of this meeting. */
  onFailed(): void;
}

/** What `MeetingMedia.person` asks for. */
export type PersonOptions = Pick<
  PersonMediaOptions,
  'connectionId' | 'rtpCapabilities' | 'onProducerClosed' | 'onQuality' | 'onHeldBack'
>;

interface Observers {
  levels: types.AudioLevelObserver;
  dominant: types.ActiveSpeakerObserver;
}

/** A meeting's media: one router on one worker, and who is loud on it. */
export class MeetingMedia {
  readonly #options: MeetingMediaOptions;
  readonly #seat: RouterSeat;
  readonly #observers: Observers;
  readonly #producers = new Map<string, SentStream & { connectionId: string }>();

  /** @throws Fault `media-failed` */
  static async open(options: MeetingMediaOptions): Promise<MeetingMedia> {
    const seat = await options.pool.openRouter(options.videoCodec);
    const observers = await asMedia(async () => ({
      levels: await seat.router.createAudioLevelObserver({
        maxEntries: MAX_LOUDEST,
        threshold: SPEECH_THRESHOLD_DBOV,
        interval: LEVEL_INTERVAL_MS,
      }),
      dominant: await seat.router.createActiveSpeakerObserver({ interval: DOMINANT_INTERVAL_MS }),
    }));
    return new MeetingMedia(options, seat, observers);
  }

  private constructor(options: MeetingMediaOptions, seat: RouterSeat, observers: Observers) {
    this.#options = options;
    this.#seat = seat;
    this.#observers = observers;
    const { dominant, levels } = observers;
    levels.on('volumes', (volumes) => {
      const loudest = volumes.map(({ producer }) => this.#producers.get(producer.id)?.connectionId);
      options.onLoudest(loudest.filter((id) => id !== undefined));
    });
    levels.on('silence', () => options.onLoudest([]));
    dominant.on('dominantspeaker', ({ producer }) => {
      const sender = this.#producers.get(producer.id);
      if (sender) options.onDominant(sender.connectionId);
    });
    // On the way down workers close by themselves (mediasoup hears SIGTERM, too): that is no failure.
    seat.router.on('workerclose', () => {
      if (seat.worker.died) options.onFailed();
    });
  }

  get rtpCapabilities(): RequestResult<'hello'>['routerRtpCapabilities'] {
    return withoutRefusedExtensions(this.#seat.router.rtpCapabilities);
  }

  person(options: PersonOptions): PersonMedia {
    return new PersonMedia({
      ...options,
      seat: this.#seat,
      findProducer: (producerId) => this.#producers.get(producerId),
      onProducer: (producer, source) => this.#add(producer, source, options.connectionId),
    });
  }

  /** @throws Fault `ports-exhausted`, `media-failed` */
  recorderTransport(): Promise<RecorderTransport> {
    return RecorderTransport.open(this.#seat.router, this.#options.plain, this.#options.clock);
  }

  close(): void {
    this.#seat.router.close();
  }

  #add(producer: types.Producer, source: Source, connectionId: string): void {
    const layers = Math.max(1, producer.rtpParameters.encodings?.length ?? 1);
    this.#producers.set(producer.id, { connectionId, isScreen: source === 'screen', layers });
    producer.observer.once('close', () => this.#producers.delete(producer.id));
    if (source === 'microphone') this.#listenTo(producer);
    if (producer.kind === 'video') {
      watchKeyframeAnswers(producer, this.#options).catch((cause) => {
        // It may have closed again meanwhile.
        this.#options.log.debug('keyframes-not-watched', { cause: mediaFault(cause).message });
      });
    }
  }

  #listenTo({ id: producerId }: types.Producer): void {
    for (const observer of Object.values(this.#observers) as types.RtpObserver[]) {
      observer.addProducer({ producerId }).catch((cause) => {
        // It may have closed again meanwhile.
        this.#options.log.debug('level-observer-failed', { cause: mediaFault(cause).message });
      });
    }
  }
}

/** Notes in the log how long the sender of a picture takes to answer a request for a keyframe. */
async function watchKeyframeAnswers(
  producer: types.Producer,
  { clock, log }: { clock: Clock; log: Log },
): Promise<void> {
  let askedAtMs: number | undefined;
  producer.on('trace', ({ type }) => {
    if (type === 'pli' || type === 'fir') askedAtMs ??= clock.nowMs();
    if (type !== 'keyframe' || askedAtMs === undefined) return;
    const afterMs = Math.round(clock.nowMs() - askedAtMs);
    askedAtMs = undefined;
    log.debug('keyframe-answered', { producerId: producer.id, afterMs });
  });
  await producer.enableTraceEvent(['keyframe', 'pli', 'fir']);
}
