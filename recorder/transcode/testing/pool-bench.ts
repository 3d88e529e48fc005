import type { Clock } from '#service/clock.ts';
import { silentLog } from '#service/log.ts';
import type { AccessUnit } from '../../depacketize/h264.ts';
import { parseVp8FrameHeader } from '../../depacketize/vp8-frame-header.ts';
import { KEYFRAME_EVERY, Vp8Camera } from '../../testing/vp8-camera.ts';
import type { PictureTranscoder } from '../picture-transcoder.ts';
import { TranscodePool } from '../transcode-pool.ts';

export const FRAME_MS = 100 / 3;
export const small = new Vp8Camera({ pictures: 3 * KEYFRAME_EVERY });

/** A pool with the true ffmpeg and one place, unless said otherwise. */
export function openPool(clock: Clock, changes: { ffmpeg?: string; max?: number } = {}): TranscodePool {
  const ffmpeg = process.env.FFMPEG_PATH ?? 'ffmpeg';
  return new TranscodePool({ ffmpeg, max: 1, clock, log: silentLog, ...changes });
}

/** A stream of the pool, what came out of it, and what it said is missing. */
export function openStream(pool: TranscodePool) {
  const units: { unit: AccessUnit; captureMs: number }[] = [];
  const interruptions: [cause: string, fromMs: number][] = [];
  const transcoder = pool.open({
    unit: (unit, captureMs) => units.push({ unit, captureMs }),
    interrupted: (cause, fromMs) => interruptions.push([cause, fromMs]),
  });
  return { transcoder, units, interruptions };
}

/** Picture `number` of a camera, captured and stamped by its number. */
export function push(
  transcoder: PictureTranscoder,
  number: number,
  { frames }: Pick<Vp8Camera, 'frames'> = small,
  index = number,
): void {
  const data = frames[index];
  if (!data) throw new RangeError(`no picture ${index}`);
  const captureMs = number * FRAME_MS;
  const frame = { ...parseVp8FrameHeader(data), data, timestamp: number * 3000, arrivalMs: captureMs + 5 };
  transcoder.push(frame, captureMs);
}
