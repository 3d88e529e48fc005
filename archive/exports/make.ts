import type { DatabaseSync } from 'node:sqlite';
import type { Store } from '#store/store.ts';
import { copyMaker } from './copy.ts';
import { type ExportRow, ExportTable } from './export-table.ts';
import { type ExportParts, Exports } from './exports.ts';
import { GROUP_BYTES_PER_SECOND } from './group/costs.ts';
import { groupMaker } from './group/make-group.ts';

/** Exports of every kind that a job asks for. */
export function openExports({
  database,
  ffmpeg,
  ...parts
}: Omit<ExportParts, 'table' | 'maker' | 'needs'> & { database: DatabaseSync; ffmpeg: string }): Exports {
  const { log, store } = parts;
  const copy = copyMaker({ store });
  const group = groupMaker({ store, ffmpeg, log });
  return new Exports({
    ...parts,
    table: new ExportTable(database),
    maker: (work) => (work.job.kind === 'group-mp4' ? group(work) : copy(work)),
    needs: (row) => exportNeeds(store, row),
  });
}

/** What making it will fill of the disk at most, in bytes. */
async function exportNeeds(store: Store, { file, recordingId }: ExportRow): Promise<number> {
  if (file !== undefined) return (await store.stat(recordingId, file))?.bytes ?? 0;
  const stored = await store.readManifest(recordingId);
  if (!stored) return 0;
  const ends = stored.manifest.files.map((one) => one.startOffsetMs + one.durationMs);
  // The scenes, the sound while it is mixed, and then the whole beside them.
  return (3 * GROUP_BYTES_PER_SECOND * Math.max(0, ...ends)) / 1000;
}
