import { rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Fault } from '#protocol/errors.ts';
import type { Manifest, ManifestFile } from '#protocol/manifest.ts';
import type { Log } from '#service/log.ts';
import { runFfmpeg } from '../../work/ffmpeg.ts';
import { copyLimits, makeCopy } from '../copy.ts';
import type { Work } from '../maker.ts';
import { soundLimits } from './costs.ts';
import { type Lot, lotsOf, SAMPLE_RATE } from './lots.ts';
import { isThere, once } from './once.ts';
import { lotArguments, measureGains, type Voice, wholeArguments } from './sound.ts';

/** Mixes everybody's sound into `target`, in as many lots as it takes: what it costs at once does not grow with their number. */
export async function mixSound(
  parts: { ffmpeg: string; log: Log },
  work: Work,
  options: { manifest: Manifest; durationMs: number; target: string; report: (done: number) => void },
): Promise<void> {
  const { durationMs, manifest, report, target } = options;
  const { scratch, signal } = work;
  const lots = lotsOf(manifest.files, Math.round((durationMs * SAMPLE_RATE) / 1000));
  const piece = (at: number) => join(scratch, `piece-${at}.flac`);
  /** What the lots before this one hand on; once there is no lot left, their last piece. */
  const rest = (at: number) => (at === lots.length ? piece(at - 1) : join(scratch, `rest-${at}.flac`));
  const begun = await lastThatIs(lots.length, rest);
  for (const [index, lot] of lots.entries()) {
    if (index < begun) continue;
    const next = rest(index + 1);
    const part = next.replace('.flac', '.part.flac');
    const isLast = index === lots.length - 1;
    const ownPiece = lot.toSample > lot.fromSample ? piece(index) : undefined;
    const voices = await voicesOf(parts, work, lot.files);
    const args = lotArguments(lot, voices, {
      before: index === 0 ? undefined : rest(index),
      piece: isLast ? part : ownPiece,
      after: isLast ? undefined : part,
    });
    await runFfmpeg(parts.ffmpeg, args, { limits: limitsOf(lot, durationMs), signal });
    await rename(part, next);
    if (index > 0) await rm(rest(index));
    for (const { path } of voices) if (dirname(path) === scratch) await rm(path);
    report((index + 1) / lots.length);
  }
  const list = join(scratch, 'pieces.txt');
  const pieces = lots.flatMap((lot, index) =>
    lot.toSample > lot.fromSample ? [`file piece-${index}.flac\n`] : [],
  );
  await writeFile(list, pieces.join(''));
  const limits = soundLimits(0, (2 * durationMs) / 1000);
  await runFfmpeg(parts.ffmpeg, wholeArguments(list, target, durationMs), { limits, signal });
}

/** The greatest number whose file there is, down to 0, which needs none: how far a run before a restart came. */
async function lastThatIs(greatest: number, pathOf: (at: number) => string): Promise<number> {
  for (let at = greatest; at > 0; at -= 1) if (await isThere(pathOf(at))) return at;
  return 0;
}

/**
 * Each with its gain. A file that cannot be heard takes nobody else's sound away: where one of them fails, each is looked at by
 * itself, and that one is left out.
 */
async function voicesOf(
  parts: { ffmpeg: string; log: Log },
  work: Work,
  files: readonly ManifestFile[],
): Promise<Voice[]> {
  if (files.length === 0) return [];
  try {
    const voices: Omit<Voice, 'gainDb'>[] = [];
    for (const file of files) voices.push({ file, path: await heardAt(work, file) });
    const gains = await measureGains(parts.ffmpeg, voices, work.signal);
    return voices.map((voice, index) => ({ ...voice, gainDb: gains[index] ?? 0 }));
  } catch (cause) {
    if (!(cause instanceof Fault) || cause.code !== 'export-failed') throw cause;
    const [file] = files;
    if (files.length === 1 && file) {
      parts.log.warn('voice-left-out', {
        exportId: work.job.exportId,
        file: file.name,
        cause: cause.message,
      });
      return [];
    }
  }
  const voices: Voice[] = [];
  for (const file of files) voices.push(...(await voicesOf(parts, work, [file])));
  return voices;
}

/** Where any ffmpeg hears a file: few of them read Opus in FLV, all of them in MP4. */
async function heardAt({ folder, scratch, signal }: Work, file: ManifestFile): Promise<string> {
  const source = join(folder, file.name);
  if (file.audio.codec === 'aac') return source;
  const path = join(scratch, `${file.name}.mp4`);
  await once(path, (target) =>
    makeCopy(
      { source, target, wanted: ['sound'], inAac: false },
      { limits: copyLimits('audio', file.bytes, file.durationMs), signal, onProgress: () => undefined },
    ),
  );
  return path;
}

function limitsOf({ files, fromSample }: Lot, durationMs: number) {
  const heardMs = files.reduce((sum, file) => sum + file.durationMs, 0);
  return soundLimits(heardMs / 1000, 2 * (durationMs / 1000 - fromSample / SAMPLE_RATE));
}
