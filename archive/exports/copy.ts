import { join } from 'node:path';
import { Fault } from '../../protocol/errors.ts';
import { parseManifestApart } from '../catalog/parse-apart.ts';
import type { Store } from '../store/store.ts';
import { runFfmpeg } from './ffmpeg.ts';
import type { Maker } from './maker.ts';

const MIB = 1024 ** 2;
/** The index of a day of media is held until the end. */
const MEMORY_BYTES = 1024 * MIB;
/** An hour takes about five. */
const CPU_SECONDS = { atLeast: 60, perHour: 120 };

/** One person's file in another container: the streams are copied, not encoded again. */
export function copyMaker(parts: { store: Store; ffmpeg: string }): Maker {
  return async ({ folder, job, report, signal, target }) => {
    const stored = await parts.store.readManifest(job.recordingId);
    const file =
      stored && (await parseManifestApart(stored.text)).files.find(({ name }) => name === job.file);
    if (!file) throw new Fault('file-not-found');
    const streams = job.kind === 'audio' ? ['-map', '0:a:0'] : ['-map', '0:v:0', '-map', '0:a:0'];
    // The index goes to the front (faststart), so that a browser plays before it has everything.
    const args = ['-i', join(folder, file.name), ...streams, '-c', 'copy', '-movflags', '+faststart', target];
    const bytes = (await parts.store.stat(job.recordingId, file.name))?.bytes ?? 0;
    const totalSeconds = Math.max(0.001, file.durationMs / 1000);
    await runFfmpeg(parts.ffmpeg, args, {
      signal,
      limits: {
        cpuSeconds: CPU_SECONDS.atLeast + (CPU_SECONDS.perHour * totalSeconds) / 3600,
        memoryBytes: MEMORY_BYTES,
        // Faststart writes it once, and then again behind the index.
        fileBytes: 2 * bytes + 64 * MIB,
      },
      onProgress: ({ seconds, speed }) => report({ done: seconds / totalSeconds, speed }),
    });
  };
}
