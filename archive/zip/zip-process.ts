import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { workAsChild } from '#service/child-work.ts';
import { systemClock } from '#service/clock.ts';
import { buildZip, plannedLength } from './build-zip.ts';
import { type ZipNews, type ZipPlan, zipPlanSchema } from './plan.ts';

/** How often it is told that something is computed. */
const TELL_MS = 5000;

/** One ZIP, on standard output: sums and checksums cost time that the archive's event loop does not have. */
workAsChild<ZipPlan, ZipNews>(zipPlanSchema, async (plan, tell) => {
  tell({ bytes: plannedLength(plan) });
  let toldMs = systemClock.nowMs();
  const computing = () => {
    if (systemClock.nowMs() - toldMs < TELL_MS) return;
    toldMs = systemClock.nowMs();
    tell({ computing: true });
  };
  const zip = Readable.from(buildZip(plan, computing), { objectMode: false });
  await pipeline(zip, process.stdout, { end: false }).catch((cause: NodeJS.ErrnoException) => {
    // Whoever wanted it went away.
    if (cause.code !== 'EPIPE') throw cause;
  });
  // What a slow reader has not taken yet would end with the process.
  await new Promise((taken) => process.stdout.write('', taken));
});
