import type { Log } from '#service/log.ts';
import type { Store } from '#store/store.ts';
import { copyMaker } from './copy.ts';
import type { ExportRow } from './export-table.ts';
import { GROUP_BYTES_PER_SECOND } from './group/costs.ts';
import { groupMaker } from './group/make-group.ts';
import type { Maker } from './maker.ts';

/** Makes whatever kind of file a job asks for. */
export function exportMaker(parts: { store: Store; ffmpeg: string; log: Log }): Maker {
  const copy = copyMaker(parts);
  const group = groupMaker(parts);
  return (work) => (work.job.kind === 'group-mp4' ? group(work) : copy(work));
}

/** What making it will fill of the disk at most, in bytes. */
export async function exportNeeds(store: Store, { file, recordingId }: ExportRow): Promise<number> {
  if (file !== undefined) return (await store.stat(recordingId, file))?.bytes ?? 0;
  const stored = await store.readManifest(recordingId);
  if (!stored) return 0;
  const ends = stored.manifest.files.map((one) => one.startOffsetMs + one.durationMs);
  // The scenes, the sound while it is mixed, and then the whole beside them.
  return (3 * GROUP_BYTES_PER_SECOND * Math.max(0, ...ends)) / 1000;
}
