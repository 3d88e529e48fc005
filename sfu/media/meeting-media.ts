import type { types } from 'mediasoup';
import type { RequestResult } from '../../protocol/signalling.ts';
import type { Log } from '../../service/log.ts';
import { withoutCaptureTime } from './codecs.ts';
import { asMedia, mediaFault } from './media-fault.ts';
import { PersonMedia, type PersonMediaOptions } from './person-media.ts';
import { type PlainOptions, RecorderTransport } from './recorder-transport.ts';
import type { RouterSeat, WorkerPool } from './worker-pool.ts';

/** Sounds below this are not speech, dBov (RFC 6464). */
const SPEECH_THRESHOLD_DBOV = -55;
const LEVEL_INTERVAL_MS = 500;
const MAX_LOUDEST = 16;

export interface MeetingMediaOptions {
  pool: WorkerPool;
  plain: PlainOptions;
  log: Log;
  /** Who was heard in the last interval, loudest first. */
  onLoudest(connectionIds: string[]): void;
  /** The worker died, and with it everything of this meeting. */
  onFailed(): void;
}

/** What `MeetingMedia.person` asks for. */
export type PersonOptions = Pick<PersonMediaOptions, 'connectionId' | 'rtpCapabilities' | 'onProducerClosed'>;

/** A meeting's media: one router on one worker, and who is loud on it. */
export class MeetingMedia {
  readonly #options: MeetingMediaOptions;
  readonly #seat: RouterSeat;
  readonly #levels: types.AudioLevelObserver;
  /** Whose it is, by producer. */
  readonly #producers = new Map<string, string>();

  /** @throws Fault `media-failed` */
  static async open(options: MeetingMediaOptions): Promise<MeetingMedia> {
    const seat = await options.pool.openRouter();
    const levels = await asMedia(() =>
      seat.router.createAudioLevelObserver({
        maxEntries: MAX_LOUDEST,
        threshold: SPEECH_THRESHOLD_DBOV,
        interval: LEVEL_INTERVAL_MS,
      }),
    );
    return new MeetingMedia(options, seat, levels);
  }

  private constructor(options: MeetingMediaOptions, seat: RouterSeat, levels: types.AudioLevelObserver) {
    this.#options = options;
    this.#seat = seat;
    this.#levels = levels;
    levels.on('volumes', (volumes) => {
      const loudest = volumes.map(({ producer }) => this.#producers.get(producer.id));
      options.onLoudest(loudest.filter((id) => id !== undefined));
    });
    levels.on('silence', () => options.onLoudest([]));
    // On the way down workers close by themselves (mediasoup hears SIGTERM, too): that is no failure.
    seat.router.on('workerclose', () => {
      if (seat.worker.died) options.onFailed();
    });
  }

  get rtpCapabilities(): RequestResult<'hello'>['routerRtpCapabilities'] {
    return withoutCaptureTime(this.#seat.router.rtpCapabilities);
  }

  person(options: PersonOptions): PersonMedia {
    return new PersonMedia({
      ...options,
      seat: this.#seat,
      hasProducer: (producerId) => this.#producers.has(producerId),
      onProducer: (producer, source) => {
        this.#producers.set(producer.id, options.connectionId);
        producer.observer.once('close', () => this.#producers.delete(producer.id));
        if (source === 'microphone') this.#listenTo(producer);
      },
    });
  }

  /** @throws Fault `ports-exhausted`, `media-failed` */
  recorderTransport(): Promise<RecorderTransport> {
    return RecorderTransport.open(this.#seat.router, this.#options.plain);
  }

  close(): void {
    this.#seat.router.close();
  }

  #listenTo(producer: types.Producer): void {
    this.#levels.addProducer({ producerId: producer.id }).catch((cause) => {
      // It may have closed again meanwhile.
      this.#options.log.debug('level-observer-failed', { cause: mediaFault(cause).message });
    });
  }
}
