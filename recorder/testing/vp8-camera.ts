import { execFileSync } from 'node:child_process';
import { packetizeVp8 } from '../depacketize/testing/vp8-packets.ts';
import type { PictureSize } from '../depacketize/vp8-frame-header.ts';
import { ivfFrames } from './ivf-frames.ts';

const FFMPEG = process.env.FFMPEG_PATH ?? 'ffmpeg';
/** Libvpx cannot be asked for a keyframe from outside: there is one every half second at 30 pictures a second. */
export const KEYFRAME_EVERY = 15;
const MAX_DATA_BYTES = 300;
/** Pictures of 4 × 4 macroblocks, dark for 0 and bright for 1: codes that survive two lossy encoders. */
export const VP8_PICTURE_SIZE: PictureSize = { width: 64, height: 64 };
const COLUMNS = 4;
const MACROBLOCKS = 16;
const NUMBER_BITS = 11;
const CHECKS = 2 ** (MACROBLOCKS - NUMBER_BITS);
export const VP8_NUMBERS = 2 ** NUMBER_BITS;
const DARK = 40;
const BRIGHT = 210;
/** Further from dark and bright than this, a macroblock is neither. */
const TOLERANCE = 50;

/** The picture's number in its first macroblocks, a checksum in the others. */
function bitsOf(number: number): boolean[] {
  const code = (number % VP8_NUMBERS) * CHECKS + checksum(number % VP8_NUMBERS);
  return Array.from({ length: MACROBLOCKS }, (_, bit) => ((code >> bit) & 1) === 1);
}

function checksum(number: number): number {
  return (number * 11 + (number >> 4)) % CHECKS;
}

/** The number of the picture with this luma, modulo VP8_NUMBERS; undefined when it is none of ours, or not whole. */
export function vp8NumberOf(luma: readonly number[]): number | undefined {
  let code = 0;
  for (const [bit, value] of luma.entries()) {
    if (Math.min(Math.abs(value - DARK), Math.abs(value - BRIGHT)) > TOLERANCE) return undefined;
    if (value > (DARK + BRIGHT) / 2) code |= 1 << bit;
  }
  const number = Math.floor(code / CHECKS);
  return code % CHECKS === checksum(number) ? number : undefined;
}

/** A camera and its VP8 encoder, libvpx in ffmpeg, which is given all pictures at once. */
export class Vp8Camera {
  readonly #frames: Buffer[];

  /** @param options.size even where the code is to be read back; whole multiples of VP8_PICTURE_SIZE */
  constructor(options: { pictures: number; size?: PictureSize }) {
    this.#frames = encodeVp8(options.pictures, options.size ?? VP8_PICTURE_SIZE);
  }

  /** VP8 pictures, one for each number. */
  get frames(): readonly Buffer[] {
    return this.#frames;
  }

  packets(number: number): Buffer[] {
    const frame = this.#frames[number];
    if (!frame) throw new RangeError(`picture ${number} was not encoded`);
    return packetizeVp8(frame, number, MAX_DATA_BYTES);
  }
}

function encodeVp8(pictures: number, { height, width }: PictureSize): Buffer[] {
  const raw = Buffer.alloc(pictures * width * height);
  for (let number = 0; number < pictures; number += 1) paint(raw, number, { height, width });
  const ivf = execFileSync(
    FFMPEG,
    [
      ...[
        '-v',
        'error',
        '-f',
        'rawvideo',
        '-pix_fmt',
        'gray',
        '-s',
        `${width}x${height}`,
        '-r',
        '30',
        '-i',
        '-',
      ],
      ...['-pix_fmt', 'yuv420p', '-c:v', 'libvpx', '-deadline', 'realtime', '-cpu-used', '8', '-b:v', '1M'],
      ...[
        '-auto-alt-ref',
        '0',
        '-g',
        `${KEYFRAME_EVERY}`,
        '-keyint_min',
        `${KEYFRAME_EVERY}`,
        '-f',
        'ivf',
        '-',
      ],
    ],
    { input: raw, maxBuffer: 2 ** 28 },
  );
  const frames = ivfFrames(ivf);
  if (frames.length !== pictures) throw new Error(`${frames.length} of ${pictures} pictures were encoded`);
  return frames;
}

function paint(raw: Buffer, number: number, { height, width }: PictureSize): void {
  const bits = bitsOf(number);
  const [blockWidth, blockHeight] = [width / COLUMNS, height / COLUMNS];
  for (let y = 0; y < height; y += 1) {
    for (let column = 0; column < COLUMNS; column += 1) {
      const bit = bits[Math.floor(y / blockHeight) * COLUMNS + column];
      const start = (number * height + y) * width + column * blockWidth;
      raw.fill(bit ? BRIGHT : DARK, start, start + blockWidth);
    }
  }
}
