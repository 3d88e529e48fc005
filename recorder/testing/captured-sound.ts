import { execFileSync } from 'node:child_process';
import type { Captured } from './capture-rig.ts';
import { burstErrorMs, isBurstHeard, SAMPLE_RATE } from './opus-bursts.ts';
import type { Sender } from './sender.ts';

const FFMPEG = process.env.FFMPEG_PATH ?? 'ffmpeg';
const MAX_OUTPUT_BYTES = 2 ** 30;

type Sounding = Pick<Captured, 'file' | 'originMs'>;

/** By how much the bursts of these seconds of the sender lie beside where it heard them, in ms. */
export function burstErrors(captured: Sounding, sender: Sender, seconds: readonly number[]): number[] {
  const heard = samplesOf(captured);
  return seconds.map((second) => burstErrorMs(heard, secondAt(captured, sender, second)));
}

/** Those of these seconds of the sender in which there is silence where its burst is due. */
export function silentBursts(captured: Sounding, sender: Sender, seconds: readonly number[]): number[] {
  const heard = samplesOf(captured);
  return seconds.filter((second) => !isBurstHeard(heard, secondAt(captured, sender, second)));
}

function secondAt({ originMs }: Sounding, sender: Sender, second: number): number {
  return ((sender.soundMs(second) - originMs) * SAMPLE_RATE) / 1000;
}

function samplesOf({ file }: Sounding): Float32Array {
  const raw = execFileSync(
    FFMPEG,
    ['-v', 'error', '-xerror', '-f', 'flv', '-i', '-', '-map', '0:a', '-ac', '1', '-f', 'f32le', '-'],
    { input: file, maxBuffer: MAX_OUTPUT_BYTES },
  );
  return new Float32Array(Uint8Array.from(raw).buffer);
}
