import { fileExportKindSchema } from '#protocol/http/exports.ts';
import type { Store } from '#store/store.ts';
import { copyBytes, copyMaker } from './copy.ts';
import type { ExportRow } from './export-table.ts';
import { type ExportParts, Exports } from './exports.ts';
import { GROUP_BYTES_PER_SECOND, KEPT_SOUND_BYTES_PER_SECOND } from './group/costs.ts';
import { MAX_VOICES_AT_ONCE } from './group/lots.ts';
import { groupMaker } from './group/make-group.ts';

/** Exports of every kind that a job asks for. */
export function openExports({
  ffmpeg,
  ...parts
}: Omit<ExportParts, 'maker' | 'needs'> & { ffmpeg: string }): Exports {
  const { log, store } = parts;
  const copy = copyMaker({ store });
  const group = groupMaker({ store, ffmpeg, log });
  return new Exports({
    ...parts,
    maker: (work) => (work.job.kind === 'group-mp4' ? group(work) : copy(work)),
    needs: (row) => exportNeeds(store, row),
  });
}

/** What making it will fill of the disk at most, in bytes. */
async function exportNeeds(store: Store, { file, kind, recordingId }: ExportRow): Promise<number> {
  const stored = await store.readManifest(recordingId);
  if (!stored) return 0;
  if (file !== undefined) {
    const bytes = (await store.stat(recordingId, file))?.bytes ?? 0;
    const lasts = stored.manifest.files.find(({ name }) => name === file)?.durationMs ?? 0;
    // An MP4 with AAC is made of an FLV with AAC.
    const times = kind === 'mp4-aac' || kind === 'audio-aac' ? 2 : 1;
    return times * copyBytes(fileExportKindSchema.parse(kind), bytes, lasts);
  }
  const ends = stored.manifest.files.map((one) => one.startOffsetMs + one.durationMs);
  const kept = stored.manifest.files.flatMap(({ audio, durationMs }) =>
    audio.codec === 'opus' ? durationMs : [],
  );
  const keptMs = kept
    .toSorted((a, b) => b - a)
    .slice(0, MAX_VOICES_AT_ONCE)
    .reduce((sum, ms) => sum + ms, 0);
  // The scenes, the sound while it is mixed, and then the whole beside them; the voices of one lot.
  const wholeBytes = 3 * GROUP_BYTES_PER_SECOND * Math.max(0, ...ends);
  return (wholeBytes + KEPT_SOUND_BYTES_PER_SECOND * keptMs) / 1000;
}
