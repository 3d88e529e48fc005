import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { z } from 'zod';
import { recordingIdSchema } from '#protocol/identifiers.ts';
import { factsOf } from './file-facts.ts';
import { MANIFEST_NAME } from './layout.ts';
import type { Scan } from './store.ts';

const orderSchema = z.object({ extent: z.enum(['all', 'changes']) });

/** A thread that looks at every manifest: of many recordings that takes seconds, which the archive has not. A fresh one knows of nothing before it, and tells everything. */
const root = String(workerData);
let known = new Map<string, string>();

parentPort?.on('message', (message) => {
  const { extent } = orderSchema.parse(message);
  try {
    parentPort?.postMessage(scan(extent === 'all'));
  } catch (cause) {
    parentPort?.postMessage({ problem: (cause as Error).message });
  }
});

function scan(all: boolean): Scan {
  const now = new Map<string, string>();
  for (const entry of readdirSync(root, { withFileTypes: true })) {
    if (!entry.isDirectory() || !recordingIdSchema.safeParse(entry.name).success) continue;
    const path = join(root, entry.name, MANIFEST_NAME);
    const stats = lstatSync(path, { bigint: true, throwIfNoEntry: false });
    if (stats?.isFile()) now.set(entry.name, factsOf(stats).version);
  }
  const removed = [...known.keys()].filter((recordingId) => !now.has(recordingId));
  const before = all ? new Map<string, string>() : known;
  const present = [...now].filter(([recordingId, version]) => before.get(recordingId) !== version);
  known = now;
  return { present: present.sort(([one], [other]) => (one < other ? -1 : 1)), removed };
}
