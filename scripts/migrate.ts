import '#service/owner-umask.ts';

import { randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { configFields, storeFields } from '#archive/config.ts';
import { bringBack, requireNoMover } from '#archive/moving/bring-back.ts';
import { Fault } from '#protocol/errors.ts';
import { systemClock as clock } from '#service/clock.ts';
import { readConfig } from '#service/config.ts';
import { openLog } from '#service/log.ts';
import { exitWithFailure } from '#service/supervised.ts';
import { LocalDisk } from '#store/local-disk.ts';
import { Locks, thisOwner } from '#store/ownership.ts';
import { openS3 } from '#store/s3/open-s3.ts';
import { s3PlaceOf } from '#store/s3/place.ts';
import { root } from './setup/places.ts';
import { readEnvironment } from './supervisor/environment.ts';

const USAGE = `STORE=s3://BUCKET/PREFIX npm run migrate -- --to disk

Brings every recording from the S3 store back to RECORDINGS_DIR. The archive must run without STORE, or not at all.
Run again, it goes on where it ended.`;

/** `npm run migrate -- --to disk`: every recording from the S3 store of STORE back to RECORDINGS_DIR, the oldest first. */
async function main(): Promise<void> {
  if (process.argv.slice(2).join('=') !== '--to=disk') throw new Fault('config-invalid', USAGE);
  const env = readEnvironment(root, process.env);
  const s3 = s3PlaceOf(readConfig(storeFields, env));
  if (!s3) throw new Fault('config-invalid', `STORE is not set: from where should they come?\n\n${USAGE}`);
  const recordingsDir = resolve(root, configFields.RECORDINGS_DIR.parse(env.RECORDINGS_DIR));
  const dataDir = resolve(root, configFields.DATA_DIR.parse(env.DATA_DIR));
  const minFreeBytes = configFields.MIN_FREE_DISK.parse(env.MIN_FREE_DISK);
  const log = openLog('migrate', 'warn');
  await mkdir(recordingsDir, { recursive: true });
  await requireNoMover({ recordingsDir, clock });

  const workFolder = join(dataDir, 'work', 'migrate');
  const place = await openS3(s3, { workFolder, minFreeBytes, clock });
  const disk = new LocalDisk(recordingsDir, clock, log);
  const locks = new Locks(thisOwner('migrate', randomUUID()));
  try {
    // What a run before this one was cut short in the middle of removing.
    await place.sweep();
    const { present } = await place.scan('all');
    let back = 0;
    for (const [index, [recordingId]] of present.entries()) {
      const progress = `${index + 1}/${present.length} ${recordingId}`;
      try {
        await bringBack(recordingId, { place, disk, recordingsDir, minFreeBytes, locks, clock, log });
        back += 1;
        console.log(progress);
      } catch (cause) {
        console.log(`${progress} is left: ${(cause as Error).message}`);
        // Nor would the next one come.
        if (cause instanceof Fault && ENDS.test(cause.code)) break;
      }
    }
    console.log(`${back} recordings are back in ${recordingsDir}.`);
    const left = present.length - back;
    if (left === 0) return await place.sweep();
    console.error(
      `${left} are left in ${env.STORE}: put right what stands beside them above, then run this again.`,
    );
    process.exitCode = 1;
  } finally {
    await place.close();
    await disk.close();
  }
}

const ENDS = /^(store|config)-/;

main().catch(exitWithFailure);
