import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { systemClock } from '#service/clock.ts';
import { buildZip, plannedLength } from './build-zip.ts';
import { type ZipNews, zipPlanSchema } from './plan.ts';

/** How often it is told that something is computed. */
const TELL_MS = 5000;

/**
 * A process of its own for one ZIP: sums and checksums cost time that the archive's event loop does not have. It is told
 * the plan, answers with the length, and writes the ZIP to standard output.
 */
process.once('message', (message) => {
  make(message).catch((cause: NodeJS.ErrnoException) => {
    // Whoever wanted it went away.
    if (cause.code === 'EPIPE') process.exit();
    tell({ problem: cause.message }, () => process.exit(1));
  });
});
// The archive is gone: nobody reads any more.
process.once('disconnect', () => process.exit());

async function make(message: unknown): Promise<void> {
  const plan = zipPlanSchema.parse(message);
  process.send?.({ bytes: plannedLength(plan) });
  let toldMs = systemClock.nowMs();
  const computing = () => {
    if (systemClock.nowMs() - toldMs < TELL_MS) return;
    toldMs = systemClock.nowMs();
    tell({ computing: true });
  };
  await pipeline(Readable.from(buildZip(plan, computing), { objectMode: false }), process.stdout, {
    end: false,
  });
  // What a slow reader has not taken yet would end with the process.
  await new Promise((taken) => process.stdout.write('', taken));
  process.disconnect();
}

function tell(news: ZipNews, told?: () => void): void {
  process.send?.(news, undefined, undefined, told);
}
