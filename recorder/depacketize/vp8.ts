import { Malformed } from '../bytes/malformed.ts';
import type { OrderedItem } from '../rtp/rtp-receiver.ts';
import { UnsupportedPicture } from './picture-limits.ts';
import { parseVp8Payload, type Vp8Descriptor } from './vp8-descriptor.ts';
import { parseVp8FrameHeader, type Vp8FrameHeader } from './vp8-frame-header.ts';

/** A VP8 picture, whole. */
export interface Vp8Frame extends Vp8FrameHeader {
  /** Widened RTP timestamp, 90 kHz ticks. */
  timestamp: number;
  data: Buffer;
  /** When its last packet arrived. */
  arrivalMs: number;
}

export interface Vp8Stats {
  released: number;
  keyframes: number;
  /** Pictures that were incomplete, or came after a loss and before the next keyframe. */
  dropped: number;
  malformed: number;
}

/** A picture larger than this is dropped: 4K keyframes stay far below. */
export const MAX_FRAME_BYTES = 8 * 1024 * 1024;
/** Packets of one picture: each keeps its datagram in memory, however few bytes it has. */
export const MAX_FRAME_PIECES = 16_384;

interface Frame {
  timestamp: number;
  pieces: Buffer[];
  bytes: number;
  /** Of the latest packet. */
  partition: number;
  pictureId: number | undefined;
  damaged: boolean;
  arrivalMs: number;
}

/**
 * RFC 7741. Releases whole pictures only, and after a loss none before the next keyframe: what refers to a lost picture
 * decodes to garbage.
 */
export class Vp8Depacketizer {
  readonly #stats: Vp8Stats = { released: 0, keyframes: 0, dropped: 0, malformed: 0 };
  #frame: Frame | undefined;
  #needsKeyframe = true;
  /** The next packet does not follow the one before; the first one follows nothing. */
  #afterLoss = true;
  #isUnsupported = false;
  /** The sender has answered with a picture that is not recorded: asking again brings the same. */
  #isAnswered = false;

  /** True from the start, and from a loss, until the next keyframe. */
  get needsKeyframe(): boolean {
    return this.#needsKeyframe && !this.#isAnswered;
  }

  /** True while the sender's pictures are none of what is recorded, until one comes that is. */
  get isUnsupported(): boolean {
    return this.#isUnsupported;
  }

  stats(): Vp8Stats {
    return { ...this.#stats };
  }

  push(item: OrderedItem): Vp8Frame[] {
    if (item.type !== 'packet') {
      this.#broken();
      this.#afterLoss = true;
      this.#isAnswered = false;
      return [];
    }
    const frames: Vp8Frame[] = [];
    if (this.#frame && this.#frame.timestamp !== item.timestamp) this.#end(this.#frame, frames);
    // Chromium probes the bandwidth with packets of padding alone.
    if (item.payload.length > 0) {
      const frame = this.#open(item.timestamp);
      frame.arrivalMs = item.arrivalMs;
      this.#payload(frame, item.payload);
      this.#afterLoss = false;
    }
    if (item.marker && this.#frame) this.#end(this.#frame, frames);
    return frames;
  }

  /** The picture that still waits for its marker. */
  flush(): Vp8Frame[] {
    const frames: Vp8Frame[] = [];
    if (this.#frame) this.#end(this.#frame, frames);
    return frames;
  }

  #open(timestamp: number): Frame {
    this.#frame ??= {
      timestamp,
      pieces: [],
      bytes: 0,
      partition: 0,
      pictureId: undefined,
      damaged: false,
      arrivalMs: 0,
    };
    return this.#frame;
  }

  /** Something is missing or wrong: the picture that it belonged to is incomplete. */
  #broken(): void {
    this.#needsKeyframe = true;
    if (!this.#frame) return;
    this.#frame.damaged = true;
    this.#frame.pieces = [];
  }

  #payload(frame: Frame, payload: Buffer): void {
    if (frame.damaged) return;
    try {
      const { data, descriptor } = parseVp8Payload(payload);
      if (data.length === 0) throw new Malformed('a VP8 payload without data');
      if (frame.pieces.length > 0) {
        follow(frame, descriptor);
      } else if (!beginsPicture(descriptor)) {
        // A beginning that was lost is no fault of the sender's.
        if (!this.#afterLoss) throw new Malformed('a VP8 picture without its beginning');
        this.#broken();
        return;
      }
      frame.partition = descriptor.partition;
      frame.pictureId = descriptor.pictureId;
      frame.bytes += data.length;
      frame.pieces.push(data);
      if (frame.bytes > MAX_FRAME_BYTES || frame.pieces.length > MAX_FRAME_PIECES) {
        throw new Malformed(`a VP8 picture of ${frame.bytes} bytes in ${frame.pieces.length} packets`);
      }
    } catch (cause) {
      if (!(cause instanceof Malformed)) throw cause;
      this.#stats.malformed += 1;
      this.#broken();
    }
  }

  #end({ arrivalMs, damaged, pieces, timestamp }: Frame, frames: Vp8Frame[]): void {
    this.#frame = undefined;
    const data = Buffer.concat(pieces);
    const header = damaged ? undefined : this.#headerOf(data);
    if (!header || (!header.keyframe && this.#needsKeyframe)) {
      this.#stats.dropped += 1;
      this.#needsKeyframe = true;
      return;
    }
    this.#needsKeyframe = false;
    this.#isUnsupported = false;
    this.#isAnswered = false;
    this.#stats.released += 1;
    if (header.keyframe) this.#stats.keyframes += 1;
    frames.push({ ...header, timestamp, data, arrivalMs });
  }

  #headerOf(data: Buffer): Vp8FrameHeader | undefined {
    try {
      return parseVp8FrameHeader(data);
    } catch (cause) {
      if (!(cause instanceof Malformed)) throw cause;
      this.#stats.malformed += 1;
      if (cause instanceof UnsupportedPicture) {
        this.#isUnsupported = true;
        this.#isAnswered = true;
      }
      return undefined;
    }
  }
}

function beginsPicture({ partition, startsPartition }: Vp8Descriptor): boolean {
  return startsPartition && partition === 0;
}

/** @throws Malformed for a packet that does not continue the picture: two are mixed under one timestamp */
function follow(frame: Frame, descriptor: Vp8Descriptor): void {
  const { partition, pictureId } = descriptor;
  const continues = !beginsPicture(descriptor) && partition >= frame.partition;
  if (!continues || pictureId !== frame.pictureId) throw new Malformed('packets of two VP8 pictures mixed');
}
