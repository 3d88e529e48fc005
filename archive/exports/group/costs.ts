import type { WorkLimits } from '../../work/limits.ts';

const MIB = 1024 ** 2;
/** What a scene fills at most, sound beside it: its pictures' rate is capped far below. */
export const GROUP_BYTES_PER_SECOND = 400_000;
/** What one voice that keeps Opus fills while its lot is mixed, at the most that browsers send of music. */
export const KEPT_SOUND_BYTES_PER_SECOND = 32_000;
/** Stereo floats at 48 kHz, as sound is kept until all of it is mixed. */
const RAW_SOUND_BYTES_PER_SECOND = 2 * 4 * 48_000;
/** What is drawn begins at the keyframe before, which a recorder sees to every ten seconds. */
const LOOK_BACK_SECONDS = 60;

/** A scene of fifty people in 720p took 0.7 GiB, and half a second of one core for each second of each. */
export function sceneLimits(inputs: number, seconds: number): WorkLimits {
  return {
    cpuSeconds: 120 + (LOOK_BACK_SECONDS + seconds) * (4 + 2 * inputs),
    memoryBytes: Math.min(4096, 768 + 160 * inputs) * MIB,
    fileBytes: 16 * MIB + GROUP_BYTES_PER_SECOND * seconds,
  };
}

/** @param heardSeconds of all voices together; decoding a second of one takes about 3 ms */
export function soundLimits(heardSeconds: number, writtenSeconds: number): WorkLimits {
  return {
    cpuSeconds: 120 + (heardSeconds + writtenSeconds) / 10,
    memoryBytes: 1536 * MIB,
    fileBytes: 16 * MIB + RAW_SOUND_BYTES_PER_SECOND * writtenSeconds,
  };
}

/** Copying the scenes and the sound into one file, its index first. */
export function joinLimits(seconds: number): WorkLimits {
  return {
    cpuSeconds: 120 + seconds / 10,
    memoryBytes: 1536 * MIB,
    fileBytes: 64 * MIB + GROUP_BYTES_PER_SECOND * seconds,
  };
}
