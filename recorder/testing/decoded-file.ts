import { execFileSync } from 'node:child_process';
import type { PictureSize } from '../depacketize/vp8-frame-header.ts';
import { PICTURE_SIZE } from './coded-camera.ts';

const FFMPEG = process.env.FFMPEG_PATH ?? 'ffmpeg';
const MAX_OUTPUT_BYTES = 2 ** 30;

/**
 * The luma in the middle of each macroblock, of every picture that ffmpeg decodes.
 * @param format ffmpeg's name of it @param size of all pictures
 */
export function decodeLuma(
  media: Buffer,
  format: 'h264' | 'flv',
  { height, width }: PictureSize = PICTURE_SIZE,
): number[][] {
  const raw = execFileSync(
    FFMPEG,
    [
      ...['-v', 'error', '-f', format, '-i', '-', '-map', '0:v', '-fps_mode', 'passthrough'],
      ...['-f', 'rawvideo', '-pix_fmt', 'yuv420p', '-'],
    ],
    { input: media, maxBuffer: MAX_OUTPUT_BYTES },
  );
  const size = width * height * 1.5;
  return Array.from({ length: raw.length / size }, (_, picture) =>
    Array.from({ length: (width / 16) * (height / 16) }, (_, macroblock) => {
      const x = (macroblock % (width / 16)) * 16 + 8;
      const y = Math.floor(macroblock / (width / 16)) * 16 + 8;
      return raw.readUInt8(picture * size + y * width + x);
    }),
  );
}
