import { join } from 'node:path';
import type { Manifest, ManifestFile } from '../../../protocol/manifest.ts';
import { runFfmpeg } from '../ffmpeg.ts';
import { soundLimits } from './costs.ts';

/** The loudness that every voice is brought to, in LUFS (EBU R 128 measures it without the silences). */
const TARGET_LUFS = -20;
/** More than this would make noise out of whispers. */
const MAX_GAIN_DB = 20;
/** Below, nobody speaks. */
const SILENCE_LUFS = -60;

/** One voice sounds from both sides, as loud as it is. */
const toStereo = ({ audio }: ManifestFile) => (audio.channels === 1 ? 'pan=stereo|c0=c0|c1=c0' : 'anull');

/** By how many decibels a file is to be raised or lowered. */
export async function measureGain(
  ffmpeg: string,
  folder: string,
  file: ManifestFile,
  signal: AbortSignal,
): Promise<number> {
  const filter = `${toStereo(file)},ebur128=framelog=verbose`;
  const args = ['-i', join(folder, file.name), '-map', '0:a:0', '-af', filter, '-f', 'null', '-'];
  return gainFor(await runFfmpeg(ffmpeg, args, { limits: soundLimits(file.durationMs / 1000, 0), signal }));
}

/** @param words what ebur128 says at its end */
export function gainFor(words: string): number {
  const measured = [...words.matchAll(/^\s*I:\s+(-?[\d.]+|-inf|nan) LUFS/gm)].at(-1)?.[1];
  const lufs = Number(measured);
  if (!Number.isFinite(lufs) || lufs < SILENCE_LUFS) return 0;
  return Math.min(MAX_GAIN_DB, Math.max(-MAX_GAIN_DB, TARGET_LUFS - lufs));
}

/** The arguments with which ffmpeg mixes all voices, each at its time on the common clock. */
export function soundArguments(
  manifest: Manifest,
  options: { folder: string; target: string; gainsDb: readonly number[]; durationMs: number },
): string[] {
  const { durationMs, folder, gainsDb, target } = options;
  const { files } = manifest;
  const voices = files.map((file, index) => {
    const delay = `adelay=delays=${Math.max(0, Math.round(file.startOffsetMs))}:all=1`;
    const gain = `volume=${(gainsDb[index] ?? 0).toFixed(2)}dB`;
    return `[${index}:a:0]aresample=48000:async=1:first_pts=0,${toStereo(file)},${gain},${delay}[v${index}]`;
  });
  const all = files.map((_, index) => `[v${index}]`).join('');
  const mix = `${all}amix=inputs=${files.length}:normalize=0:dropout_transition=0,alimiter=limit=0.95:level=0,apad[m]`;
  return [
    ...files.flatMap((file) => ['-i', join(folder, file.name)]),
    ...['-filter_complex', [...voices, mix].join(';'), '-map', '[m]', '-t', (durationMs / 1000).toFixed(3)],
    ...['-c:a', 'aac', '-b:a', '160k', target],
  ];
}
