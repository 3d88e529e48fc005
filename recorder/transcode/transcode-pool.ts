import type { Clock } from '#service/clock.ts';
import { type Log, stackOf } from '#service/log.ts';
import type { PictureTranscoder, TranscoderListener } from './picture-transcoder.ts';
import { type Places, StreamTranscoder, type TranscodeCounters } from './stream-transcoder.ts';

const TICK_MS = 250;

export interface TranscodeStats extends TranscodeCounters {
  /** Streams that have a place, and those that wait for one. */
  running: number;
  waiting: number;
  /** Pictures that went in and have not come out. */
  pending: number;
}

/** The transcoders of a process: so many streams at once have a place, the others wait for one in their order. */
export class TranscodePool {
  /** Streams transcoded at once. */
  readonly max: number;
  readonly #ffmpeg: string;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #streams = new Set<StreamTranscoder>();
  readonly #running = new Set<() => void>();
  readonly #waiting = new Set<() => void>();
  readonly #counters: TranscodeCounters = { pictures: 0, dropped: 0, lost: 0, deaths: 0, delayMs: 0 };
  readonly #stopTicking: () => void;
  #lastTickMs: number;
  readonly #places: Places = {
    take: (granted) => {
      if (this.#running.size >= this.max) {
        this.#waiting.add(granted);
        return false;
      }
      this.#running.add(granted);
      return true;
    },
    give: (granted) => {
      this.#waiting.delete(granted);
      if (this.#running.delete(granted)) this.#promote();
    },
    isWanted: () => this.#waiting.size > 0,
  };

  /** @param options.clock which stands still while we do not run */
  constructor(options: { ffmpeg: string; max: number; clock: Clock; log: Log }) {
    this.max = options.max;
    this.#ffmpeg = options.ffmpeg;
    this.#clock = options.clock;
    this.#log = options.log;
    this.#lastTickMs = options.clock.nowMs();
    this.#stopTicking = options.clock.every(TICK_MS, () => this.#tick());
  }

  /** Process ids of the children, for tests and operators. */
  get pids(): number[] {
    return [...this.#streams].flatMap(({ pids }) => pids);
  }

  stats(): TranscodeStats {
    const pending = [...this.#streams].reduce((sum, stream) => sum + stream.pending, 0);
    return { ...this.#counters, running: this.#running.size, waiting: this.#waiting.size, pending };
  }

  /** No process is started before the stream's first keyframe. */
  open(listener: TranscoderListener): PictureTranscoder {
    const stream: StreamTranscoder = new StreamTranscoder({
      ffmpeg: this.#ffmpeg,
      clock: this.#clock,
      log: this.#log,
      places: this.#places,
      listener,
      counters: this.#counters,
      onClose: () => this.#streams.delete(stream),
    });
    this.#streams.add(stream);
    return stream;
  }

  close(): void {
    this.#stopTicking();
    for (const stream of this.#streams) stream.close();
  }

  /** A stream that throws is let go of: its pictures end, the others' do not. */
  #tick(): void {
    const nowMs = this.#clock.nowMs();
    const passedMs = nowMs - this.#lastTickMs;
    this.#lastTickMs = nowMs;
    for (const stream of this.#streams) {
      try {
        stream.tick(passedMs);
      } catch (cause) {
        this.#log.error('transcoder-failed', { cause: stackOf(cause) });
        stream.close();
      }
    }
  }

  #promote(): void {
    const [next] = this.#waiting;
    if (!next) return;
    this.#waiting.delete(next);
    this.#running.add(next);
    next();
  }
}
