import { join } from 'node:path';
import { Fault } from '#protocol/errors.ts';
import type { Store } from '#store/store.ts';
import type { Maker } from './maker.ts';
import { makeMp4 } from './mp4/make-mp4.ts';

const MIB = 1024 ** 2;
/** The index of a day of media is held until the end. */
const MEMORY_BYTES = 1024 * MIB;
/** An hour takes about five. */
const CPU_SECONDS = { atLeast: 60, perHour: 120 };

/** One person's file in another container: the streams are copied, not encoded again. */
export function copyMaker(parts: { store: Store }): Maker {
  return async ({ folder, job, report, signal, target }) => {
    const stored = await parts.store.readManifest(job.recordingId);
    const file = stored?.manifest.files.find(({ name }) => name === job.file);
    if (!file) throw new Fault('file-not-found');
    const bytes = (await parts.store.stat(job.recordingId, file.name))?.bytes ?? 0;
    const limits = {
      cpuSeconds: CPU_SECONDS.atLeast + (CPU_SECONDS.perHour * file.durationMs) / 3_600_000,
      memoryBytes: MEMORY_BYTES,
      // Its index is longer than what FLV says of each tag.
      fileBytes: 2 * bytes + 64 * MIB,
    };
    const wanted: ('pictures' | 'sound')[] = job.kind === 'audio' ? ['sound'] : ['pictures', 'sound'];
    const order = { source: join(folder, file.name), target, wanted };
    await makeMp4(order, { limits, signal, onProgress: (done) => report({ done }) });
  };
}
