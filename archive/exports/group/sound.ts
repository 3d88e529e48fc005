import type { ManifestFile } from '#protocol/manifest.ts';
import { runFfmpeg } from '../../work/ffmpeg.ts';
import { soundLimits } from './costs.ts';
import { type Lot, SAMPLE_RATE, startSample } from './lots.ts';

/** The loudness that every voice is brought to, in LUFS (EBU R 128 measures it without the silences). */
const TARGET_LUFS = -20;
/** More than this would make noise out of whispers. */
const MAX_GAIN_DB = 20;
/** Below, nobody speaks. */
const SILENCE_LUFS = -60;
/** What is kept of a sum is so much lower: sixteen voices at full scale then fit into whole numbers of 24 bits. */
const HEADROOM = 16;
/** Of a file whose times jump, no more is filled with silence than its manifest says that it lasts. */
const SLACK_SECONDS = 1;

/** One voice sounds from both sides, as loud as it is. */
const toStereo = ({ audio }: ManifestFile) => (audio.channels === 1 ? 'pan=stereo|c0=c0|c1=c0' : 'anull');

/** What ebur128 writes before its findings, with the name that it was given. */
const SUMMARY = /\[ebur128@v(\d+) @ [^\]]*\] Summary:/;

/**
 * By how many decibels each of these is to be raised or lowered; in one run, since two thousand would take minutes to start.
 * @throws Fault `export-failed` when one of them cannot be read
 */
export async function measureGains(
  ffmpeg: string,
  voices: readonly Omit<Voice, 'gainDb'>[],
  signal: AbortSignal,
): Promise<number[]> {
  const inputs = voices.flatMap(({ path }) => ['-i', path]);
  const chains = voices.map(
    ({ file }, index) => `[${index}:a:0]${toStereo(file)},ebur128@v${index}=framelog=verbose[g${index}]`,
  );
  const outputs = voices.flatMap((_, index) => ['-map', `[g${index}]`, '-f', 'null', '-']);
  const heardMs = voices.reduce((sum, { file }) => sum + file.durationMs, 0);
  const args = [...inputs, '-filter_complex', chains.join(';'), ...outputs];
  const words = await runFfmpeg(ffmpeg, args, { limits: soundLimits(heardMs / 1000, 0), signal });
  const [, ...found] = words.split(SUMMARY);
  const gains = voices.map(() => 0);
  for (let at = 0; at + 1 < found.length; at += 2) gains[Number(found[at])] = gainFor(found[at + 1] ?? '');
  return gains;
}

/** @param words what ebur128 says at its end */
export function gainFor(words: string): number {
  const measured = [...words.matchAll(/^\s*I:\s+(-?[\d.]+|-inf|nan) LUFS/gm)].at(-1)?.[1];
  const lufs = Number(measured);
  if (!Number.isFinite(lufs) || lufs < SILENCE_LUFS) return 0;
  return Math.min(MAX_GAIN_DB, Math.max(-MAX_GAIN_DB, TARGET_LUFS - lufs));
}

/** A voice, where it is heard, and by how much it is raised. */
export interface Voice {
  file: ManifestFile;
  path: string;
  gainDb: number;
}

/**
 * The arguments with which ffmpeg mixes one lot, each voice at its time on the common clock, over what earlier lots handed on.
 * It writes the stretch that is whole now, unless it has no length, and what sounds after it, unless the lot is the last one.
 */
export function lotArguments(
  { fromSample, toSample }: Lot,
  voices: readonly Voice[],
  options: {
    before: string | undefined;
    piece: string | undefined;
    after: string | undefined;
  },
): string[] {
  const { after, before, piece } = options;
  const length = toSample - fromSample;
  // Silence as long as the stretch, and a little longer, so that there is something to hand on.
  const silence = ((length + SAMPLE_RATE / 10) / SAMPLE_RATE).toFixed(3);
  const inputs = [
    ...['-f', 'lavfi', '-i', `anullsrc=r=${SAMPLE_RATE}:cl=stereo:d=${silence}`],
    ...(before === undefined ? [] : ['-i', before]),
    ...voices.flatMap(({ path }) => ['-i', path]),
  ];
  const first = before === undefined ? 1 : 2;
  const chains = voices.map(({ file, gainDb }, index) => {
    const end = `atrim=end=${(file.durationMs / 1000 + SLACK_SECONDS).toFixed(3)}`;
    const delay = `adelay=delays=${startSample(file) - fromSample}S:all=1`;
    const sound = `aresample=${SAMPLE_RATE}:async=1:first_pts=0,${end},${toStereo(file)}`;
    return `[${first + index}:a:0]${sound},volume=${gainDb.toFixed(2)}dB,${delay}[v${index}]`;
  });
  if (before !== undefined) chains.push(`[1:a:0]volume=${HEADROOM}[before]`);
  const names = [
    '[0:a:0]',
    ...(before === undefined ? [] : ['[before]']),
    ...voices.map((_, at) => `[v${at}]`),
  ];
  const sum = `amix=inputs=${names.length}:normalize=0:dropout_transition=0,volume=${1 / HEADROOM}`;
  const outputs = [
    ...(piece === undefined ? [] : [{ path: piece, cut: `atrim=end_sample=${length}` }]),
    ...(after === undefined ? [] : [{ path: after, cut: `atrim=start_sample=${length},asetpts=N/SR/TB` }]),
  ];
  const split = outputs.map((_, index) => `[s${index}]`).join('');
  chains.push(`${names.join('')}${sum},asplit=${outputs.length}${split}`);
  outputs.forEach(({ cut }, index) => {
    chains.push(`[s${index}]${cut}[o${index}]`);
  });
  return [
    ...inputs,
    ...['-filter_complex', chains.join(';')],
    ...outputs.flatMap(({ path }, index) => [
      ...['-map', `[o${index}]`, '-c:a', 'flac', '-sample_fmt', 's32', '-f', 'flac', path],
    ]),
  ];
}

/** The arguments with which ffmpeg makes the sound of the whole of its pieces. @param list of them, for its concat demuxer */
export function wholeArguments(list: string, target: string, durationMs: number): string[] {
  return [
    ...['-f', 'concat', '-safe', '0', '-i', list],
    ...['-af', `asetpts=N/SR/TB,volume=${HEADROOM},alimiter=limit=0.95:level=0,apad`],
    ...['-t', (durationMs / 1000).toFixed(3), '-c:a', 'aac', '-b:a', '160k', target],
  ];
}
