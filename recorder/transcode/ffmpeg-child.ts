import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { startChild } from '#service/child.ts';
import { sampleProcess } from '#service/process-sample.ts';
import { ProgressWatch } from '#service/progress-watch.ts';
import { Malformed } from '../bytes/malformed.ts';
import type { AccessUnit } from '../depacketize/h264.ts';
import type { Vp8Frame } from '../depacketize/vp8.ts';
import type { PictureSize } from '../depacketize/vp8-frame-header.ts';
import { FlvStream, type StreamedTag } from '../flv/flv-stream.ts';
import { TAG_TYPE } from '../flv/flv-tag.ts';
import { parseVideoData } from '../flv/video-data.ts';
import { encodeIvfFrameHeader, encodeIvfHeader } from './ivf.ts';

const LIMITS = {
  /** Recording comes first: a picture that is late is dropped, a packet that is not taken is lost. */
  niceness: 10,
  /** Three times what pictures of the largest size took. */
  memoryBytes: 1024 ** 3,
  /** It writes into a pipe alone. */
  fileBytes: 0,
};
/** A child that owes a picture and gets nowhere for this long, though it could, hangs. */
export const HANG_MS = 5000;
const MAX_COMPLAINT_CHARACTERS = 500;

/**
 * One picture in, one picture out: no probing beyond the header (and no `-fflags nobuffer`, which would throw the first
 * pictures away), no threads that each hold a picture back, no look-ahead, no B-frames; a keyframe for each keyframe.
 */
const argumentsFor = ({ height, width }: PictureSize): string[] => [
  ...['-hide_banner', '-nostdin', '-v', 'error'],
  ...['-probesize', '32', '-analyzeduration', '1', '-threads', '1', '-f', 'ivf', '-i', 'pipe:0'],
  // H.264 in 4:2:0 has even sides alone.
  ...(width % 2 === 0 && height % 2 === 0 ? [] : ['-vf', 'pad=ceil(iw/2)*2:ceil(ih/2)*2']),
  ...['-fps_mode', 'passthrough', '-enc_time_base', '1:1000', '-pix_fmt', 'yuv420p'],
  ...['-c:v', 'libx264', '-preset', 'superfast', '-tune', 'zerolatency', '-profile:v', 'baseline'],
  ...['-crf', '23', '-maxrate', '6M', '-bufsize', '6M', '-threads', '1'],
  ...['-force_key_frames', 'source', '-forced-idr', '1', '-g', '100000', '-sc_threshold', '0'],
  ...['-flush_packets', '1', '-flvflags', 'no_duration_filesize', '-f', 'flv', 'pipe:1'],
];

/** A picture that went in and has not come out. */
interface Pending {
  frame: Pick<Vp8Frame, 'timestamp' | 'arrivalMs'>;
  captureMs: number;
  pushedMs: number;
}

export interface ChildListener {
  unit(unit: AccessUnit, captureMs: number, pushedMs: number): void;
  /** It is gone, and all that it gave was handed out. */
  ended(complaint: string): void;
}

/** One ffmpeg that turns pictures of one size into H.264, from its stdin to its stdout: when we die, it ends. */
export class FfmpegChild {
  readonly size: PictureSize;
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #listener: ChildListener;
  readonly #output = new FlvStream();
  /** By the time that they carry through ffmpeg: milliseconds from the first one, no two the same. */
  readonly #pending = new Map<number, Pending>();
  #firstMs: number | undefined;
  #lastMs = -1;
  #sets: { sps: Buffer; pps: Buffer } | undefined;
  readonly #watch = new ProgressWatch();
  #pictures = 0;
  #complaint = '';

  constructor(ffmpeg: string, size: PictureSize, listener: ChildListener) {
    this.size = size;
    this.#listener = listener;
    const child = startChild(ffmpeg, argumentsFor(size), { limits: LIMITS, stdio: 'pipe' });
    this.#process = child;
    child.on('error', (cause) => this.#complain(cause.message));
    child.on('close', () => listener.ended(this.#complaint.trim()));
    child.stderr.on('data', (text: Buffer) => this.#complain(text.toString()));
    child.stdout.on('data', (piece: Buffer) => this.#take(piece));
    // A write to one that is gone fails; that it is gone tells `close`.
    child.stdin.on('error', (cause) => this.#complain(cause.message));
    child.stdin.write(encodeIvfHeader(size));
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  get pending(): number {
    return this.#pending.size;
  }

  /** Bytes that it has not read. */
  get queuedBytes(): number {
    return this.#process.stdin.writableLength;
  }

  /** When the oldest picture that is still in it was captured; undefined when there is none. */
  get oldestCaptureMs(): number | undefined {
    return this.#oldest?.captureMs;
  }

  /** For how long it has owed a picture. */
  owingMs(nowMs: number): number {
    return nowMs - (this.#oldest?.pushedMs ?? nowMs);
  }

  /**
   * Whether it owes a picture, and gets nowhere although it could.
   * @param passedMs of our own turns since the last call
   */
  hangs(passedMs: number): boolean {
    if (this.pid === undefined || this.#pending.size === 0) {
      this.#watch.rest();
      return false;
    }
    return this.#watch.hangs(this.#pictures, sampleProcess(this.pid), passedMs, HANG_MS);
  }

  push(frame: Vp8Frame, captureMs: number, nowMs: number): void {
    this.#firstMs ??= captureMs;
    this.#lastMs = Math.max(this.#lastMs + 1, Math.round(captureMs - this.#firstMs));
    if (frame.shown) {
      const { arrivalMs, timestamp } = frame;
      this.#pending.set(this.#lastMs, { frame: { arrivalMs, timestamp }, captureMs, pushedMs: nowMs });
    }
    this.#process.stdin.write(encodeIvfFrameHeader(frame.data.length, this.#lastMs));
    this.#process.stdin.write(frame.data);
  }

  /** Lets it finish what it has. */
  end(): void {
    this.#process.stdin.end();
  }

  kill(): void {
    this.#process.kill('SIGKILL');
  }

  get #oldest(): Pending | undefined {
    return this.#pending.values().next().value;
  }

  #take(piece: Buffer): void {
    try {
      for (const tag of this.#output.push(piece)) if (tag.type === TAG_TYPE.video) this.#picture(tag);
    } catch (cause) {
      // Whatever it is that it made of a stranger's picture, it costs this child alone.
      this.#complain((cause as Error).message);
      this.kill();
    }
  }

  #picture({ data, timestampMs }: StreamedTag): void {
    const video = parseVideoData(data);
    if (video.type === 'avc-config') this.#sets = setsOf(video);
    if (video.type !== 'avc-nalus' || !this.#sets) return;
    this.#pictures += 1;
    const pending = this.#pending.get(timestampMs);
    // What went in before it and did not come out could not be decoded.
    for (const ms of this.#pending.keys()) {
      if (ms > timestampMs) break;
      this.#pending.delete(ms);
    }
    if (!pending) return;
    const { captureMs, frame, pushedMs } = pending;
    const { keyframe, nals } = video;
    this.#listener.unit({ ...frame, ...this.#sets, keyframe, nals }, captureMs, pushedMs);
  }

  #complain(words: string): void {
    this.#complaint = `${this.#complaint}${words}\n`.slice(-MAX_COMPLAINT_CHARACTERS);
  }
}

function setsOf({ pps, sps }: { sps: Buffer[]; pps: Buffer[] }): { sps: Buffer; pps: Buffer } {
  if (!sps[0] || !pps[0]) throw new Malformed('an AVC configuration without parameter sets');
  return { sps: sps[0], pps: pps[0] };
}
