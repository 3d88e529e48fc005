import { Fault } from '#protocol/errors.ts';
import type { FileSource } from '#protocol/people.ts';
import type { AccessUnit } from '../depacketize/h264.ts';
import type { OpusItem } from '../depacketize/opus.ts';
import type { InterruptionCause } from '../transcode/picture-transcoder.ts';
import { SoundAllowance, WriteAllowance } from './allowances.ts';
import { NextFile } from './next-file.ts';
import type { RecordedFile } from './recorded-file.ts';
import type { Take } from './take.ts';

export type OpenFile = (source: FileSource, allowance: WriteAllowance) => RecordedFile;

/**
 * One source of a person and its files, one after another. Its media go into the one that there is: they come from sockets,
 * timers and converters, and whichever it is, what throws over them ends their file.
 */
export class FileLine {
  readonly source: FileSource;
  readonly #open: OpenFile;
  readonly #next: NextFile;
  readonly #allowance = new WriteAllowance();
  readonly #sound = new SoundAllowance();
  #file: RecordedFile | undefined;
  /** What was captured from then on is not written; on the SFU's clock. */
  untilMs = Number.POSITIVE_INFINITY;

  constructor(source: FileSource, open: OpenFile, nowMs: number) {
    this.source = source;
    this.#open = open;
    this.#next = new NextFile(nowMs);
  }

  /** The one being written, or that has failed and has no successor yet. */
  get file(): RecordedFile | undefined {
    return this.#file;
  }

  /** A file where there is none. @throws Fault `recording-full` */
  begin(): void {
    this.#file ??= this.#open(this.source, this.#allowance);
  }

  /** The file is complete, or about to be. Answers it. */
  retire(): RecordedFile | undefined {
    const file = this.#file;
    this.#file = undefined;
    return file;
  }

  /** Begins another file where one has failed and it is time: the disk may take more by now. Answers the one that failed. */
  beginAnew(nowMs: number): RecordedFile | undefined {
    const failed = this.#file;
    if (!failed?.failure || !this.#next.isDue(failed.failure, nowMs)) return undefined;
    this.#next.begun(failed.failure, nowMs);
    try {
      this.#file = this.#open(this.source, this.#allowance);
    } catch (cause) {
      if (cause instanceof Fault && cause.code === 'recording-full') return undefined;
      throw cause;
    }
    return failed;
  }

  /** The first packet of a stream is here, whatever becomes of it. @param atMs on the SFU's clock */
  arrived(atMs: number): void {
    const file = this.#file;
    file?.guard(() => file.take.arrived(atMs));
  }

  /** As much as may be. As `unit`, without making a function for each. @param captureMs as Take.pushAudio */
  sound(item: OpusItem, captureMs: number): void {
    const file = this.#file;
    if (!file || !(captureMs < this.untilMs)) return;
    try {
      if (this.#sound.take(item)) file.take.pushAudio(item, captureMs);
      else file.leaveOutSound();
    } catch (cause) {
      file.fail(cause);
    }
  }

  /** @param captureMs as Take.pushVideo */
  unit(unit: AccessUnit, captureMs: number): void {
    const file = this.#file;
    if (!file || !(captureMs < this.untilMs)) return;
    try {
      file.take.pushVideo(unit, captureMs);
    } catch (cause) {
      file.fail(cause);
    }
  }

  interrupted(cause: InterruptionCause, fromCaptureMs: number): void {
    const file = this.#file;
    file?.guard(() => file.take.interruptVideo(cause, fromCaptureMs));
  }

  /** Packets were given up; times on the SFU's clock. */
  lost(loss: Parameters<Take['lost']>[0]): void {
    const file = this.#file;
    file?.guard(() => file.take.lost(loss));
  }
}
