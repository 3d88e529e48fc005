import { join } from 'node:path';
import { Fault } from '../../protocol/errors.ts';
import { parseManifest } from '../catalog/summarize.ts';
import type { Store } from '../store/store.ts';
import { runFfmpeg } from './ffmpeg.ts';
import type { Maker } from './maker.ts';

/** One person's file in another container: the streams are copied, not encoded again. */
export function copyMaker(parts: { store: Store; ffmpeg: string }): Maker {
  return async ({ folder, job, report, signal, target }) => {
    const stored = await parts.store.readManifest(job.recordingId);
    const file = stored && parseManifest(stored.text).files.find(({ name }) => name === job.file);
    if (!file) throw new Fault('file-not-found');
    const streams = job.kind === 'audio' ? ['-map', '0:a:0'] : ['-map', '0:v:0', '-map', '0:a:0'];
    // The index goes to the front (faststart), so that a browser plays before it has everything.
    const args = ['-i', join(folder, file.name), ...streams, '-c', 'copy', '-movflags', '+faststart', target];
    const totalSeconds = Math.max(0.001, file.durationMs / 1000);
    await runFfmpeg(parts.ffmpeg, args, {
      signal,
      onProgress: ({ seconds, speed }) => report({ done: seconds / totalSeconds, speed }),
    });
  };
}
