import { execFileSync } from 'node:child_process';
import type { Captured } from './capture-rig.ts';
import { burstErrorMs, SAMPLE_RATE } from './opus-bursts.ts';
import type { Sender } from './sender.ts';

const FFMPEG = process.env.FFMPEG_PATH ?? 'ffmpeg';
const MAX_OUTPUT_BYTES = 2 ** 30;

/** By how much the bursts of these seconds of the sender lie beside where it heard them, in ms. */
export function burstErrors(
  { file, originMs }: Captured,
  sender: Sender,
  seconds: readonly number[],
): number[] {
  const raw = execFileSync(
    FFMPEG,
    ['-v', 'error', '-xerror', '-f', 'flv', '-i', '-', '-map', '0:a', '-ac', '1', '-f', 'f32le', '-'],
    { input: file, maxBuffer: MAX_OUTPUT_BYTES },
  );
  const heard = new Float32Array(Uint8Array.from(raw).buffer);
  return seconds.map((second) =>
    burstErrorMs(heard, ((sender.soundMs(second) - originMs) * SAMPLE_RATE) / 1000),
  );
}
