import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { decodingFaults } from '#e2e/testing/recording-inspection/decoding.ts';
import { longestGapMs, readFlvTags, tagFaults } from '#e2e/testing/recording-inspection/flv-tags.ts';
import { type Manifest, type ManifestFile, manifestSchema } from '#protocol/manifest.ts';
import type { Diary } from './diary.ts';

/** How far a file may end from when its person left, or Stop was carried out. */
const END_TOLERANCE_MS = 1500;
/** What is in a file may be that much shorter than the manifest says: a slate comes only every second. */
const DURATION_TOLERANCE_MS = 1500;
/** The machine that plays everybody's part may stand still for so long, and what comes late then is none the worse. */
const STALL_MS = 5000;

export interface CheckedRecording {
  files: number;
  seconds: number;
  bytes: number;
  /** How far ends were from where they were expected, ms. */
  endErrorsMs: number[];
  faults: string[];
}

/** Looks at every file of a finished recording. @param decode decodes one of them, too, from its first byte to its last */
export async function checkRecording(
  folder: string,
  diary: Diary,
  decode: boolean,
): Promise<CheckedRecording> {
  const manifest = manifestSchema.parse(JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8')));
  const result: CheckedRecording = {
    files: manifest.files.length,
    seconds: manifest.files.reduce((sum, { durationMs }) => sum + durationMs / 1000, 0),
    bytes: manifest.files.reduce((sum, { bytes }) => sum + bytes, 0),
    endErrorsMs: [],
    faults: [],
  };
  if (manifest.state !== 'complete') result.faults.push(`${manifest.recordingId} is ${manifest.state}`);
  for (const { code, message } of manifest.problems)
    result.faults.push(`${manifest.recordingId}: ${code}, ${message}`);
  for (const file of manifest.files) {
    const endErrorMs = endError(manifest, file, diary);
    if (endErrorMs !== undefined) result.endErrorsMs.push(endErrorMs);
    const faults = await fileFaults(join(folder, file.name), file);
    if (diary.declined.has(file.connectionId)) faults.push('of somebody who declined');
    if (endErrorMs !== undefined && endErrorMs > END_TOLERANCE_MS)
      faults.push(`ends ${Math.round(endErrorMs)} ms from where it should`);
    result.faults.push(...faults.map((words) => `${file.name}: ${words}`));
  }
  const [sample] = manifest.files;
  if (decode && sample) {
    const faults = await decodingFaults(join(folder, sample.name));
    result.faults.push(...faults.map((words) => `${sample.name}: ${words}`));
  }
  return result;
}

async function fileFaults(path: string, { bytes, durationMs, gaps, state }: ManifestFile): Promise<string[]> {
  const content = await readFile(path);
  const parsed = readFlvTags(content);
  const faults = tagFaults(parsed, STALL_MS + longestGapMs(gaps));
  if (state !== 'complete') faults.push(`is ${state}`);
  if (content.length !== bytes) faults.push(`has ${content.length} bytes instead of ${bytes}`);
  const lastMs = parsed.tags.at(-1)?.timestampMs ?? 0;
  if (Math.abs(durationMs - lastMs) > DURATION_TOLERANCE_MS)
    faults.push(`its last tag is at ${lastMs} ms of ${Math.round(durationMs)} ms`);
  return faults;
}

/**
 * How far from where it is expected the file of somebody's camera and microphone ends; undefined where nothing is
 * expected: a shared screen ends before.
 */
function endError(manifest: Manifest, file: ManifestFile, diary: Diary): number | undefined {
  if (file.source === 'screen') return undefined;
  const moments = [
    diary.left.get(file.connectionId),
    diary.lost.get(file.connectionId),
    diary.stopped.get(manifest.recordingId),
  ];
  const known = moments.filter((moment) => moment !== undefined);
  const toMs = Math.min(...known.map((moment) => moment.toMs));
  const endsMs = Math.min(...known.map((moment) => moment.fromMs));
  const away = diary.away
    .get(file.connectionId)
    ?.find((moment) => moment.fromMs < toMs && moment.toMs > endsMs);
  const fromMs = Math.min(endsMs, away?.fromMs ?? endsMs);
  const endMs = manifest.startedAtMs + file.startOffsetMs + file.durationMs;
  return known.length === 0 ? undefined : Math.max(0, fromMs - endMs, endMs - toMs);
}
