import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Manifest, manifestSchema } from '#protocol/manifest.ts';
import { systemClock } from '#service/clock.ts';
import { readFlvTags } from './recording-inspection/flv-tags.ts';
import { PATIENCE_MS, until } from './wait.ts';

/** Every recording in the folder, oldest first; one whose manifest is not there yet is left out. */
export async function readRecordings(folder: string): Promise<{ path: string; manifest: Manifest }[]> {
  const names = (await readdir(folder)).filter((name) => /^\d{8}T\d{9}Z-/.test(name)).sort();
  const found = await Promise.all(
    names.map(async (name) => {
      const path = join(folder, name);
      const text = await readFile(join(path, 'manifest.json'), 'utf8').catch(absent);
      return text === undefined ? [] : [{ path, manifest: manifestSchema.parse(JSON.parse(text)) }];
    }),
  );
  return found.flat();
}

/** The recording after `count` others, once `condition` holds for its manifest. */
export function untilRecording(
  what: string,
  folder: string,
  count: number,
  condition: (manifest: Manifest) => boolean,
  deadlineMs = PATIENCE_MS,
): Promise<{ path: string; manifest: Manifest }> {
  const ask = async () => (await readRecordings(folder))[count];
  return until(
    what,
    async () => {
      const found = await ask();
      return found && condition(found.manifest) ? found : undefined;
    },
    deadlineMs,
    10,
  );
}

/** When each keyframe of each file was first seen on disk, epoch milliseconds. */
export interface KeyframeWatch {
  seen: Map<string, { timestampMs: number; seenAtMs: number }[]>;
  end(): Promise<void>;
}

/** Looks at growing files every few milliseconds, since only the disk can say when something is on it. */
export function watchKeyframes(folder: string): KeyframeWatch {
  const seen: KeyframeWatch['seen'] = new Map();
  let over = false;
  const look = async (): Promise<void> => {
    for (const recording of await readdir(folder)) {
      for (const name of (await readdir(join(folder, recording)).catch(absent)) ?? []) {
        if (!name.endsWith('.flv')) continue;
        const known = seen.get(name) ?? [];
        // The first seconds are what is asked about; a long file is not read over and over.
        if (known.length >= 4) continue;
        const bytes = await readFile(join(folder, recording, name));
        if (bytes.length < 13) continue;
        const keyframes = readFlvTags(bytes).tags.filter(
          ({ isKeyframe, isHeader }) => isKeyframe && !isHeader,
        );
        const nowMs = systemClock.nowMs();
        for (const { timestampMs } of keyframes.slice(known.length))
          known.push({ timestampMs, seenAtMs: nowMs });
        seen.set(name, known);
      }
    }
  };
  const lookUntilOver = async (): Promise<boolean> => {
    if (!over) await look();
    return over;
  };
  const watching = until('the watch on keyframes ends', lookUntilOver, 300_000, 10);
  return {
    seen,
    end: async () => {
      over = true;
      await watching;
    },
  };
}

function absent(cause: NodeJS.ErrnoException): undefined {
  if (cause.code !== 'ENOENT' && cause.code !== 'ENOTDIR') throw cause;
  return undefined;
}
