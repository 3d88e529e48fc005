import { pipeline } from 'node:stream/promises';
import { Fault } from '../../protocol/errors.ts';
import { exitWithFailure } from '../../service/supervised.ts';
import { buildZip } from './build-zip.ts';
import { zipPlanSchema } from './plan.ts';

/**
 * A process of its own for one ZIP: sums and checksums cost time that the archive's event loop does not have. It is told
 * the plan, answers with the length, and writes the ZIP to standard output.
 */
process.once('message', (message) => {
  make(message).catch((cause: NodeJS.ErrnoException) => {
    // Whoever wanted it went away.
    if (cause.code === 'EPIPE') process.exit();
    exitWithFailure(new Fault('internal', `A ZIP could not be made: ${cause.message}`, { cause }));
  });
});
// The archive is gone: nobody reads any more.
process.once('disconnect', () => process.exit());

async function make(message: unknown): Promise<void> {
  const { bytes, output } = buildZip(zipPlanSchema.parse(message));
  process.send?.({ bytes: await bytes });
  await pipeline(output, process.stdout, { end: false });
  // What a slow reader has not taken yet would end with the process.
  await new Promise((taken) => process.stdout.write('', taken));
  process.disconnect();
}
