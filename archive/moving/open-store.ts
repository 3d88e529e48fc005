import { join } from 'node:path';
import { Fault } from '#protocol/errors.ts';
import type { Clock } from '#service/clock.ts';
import type { Log } from '#service/log.ts';
import { LocalDisk } from '#store/local-disk.ts';
import { openS3 } from '#store/s3/open-s3.ts';
import type { S3Place } from '#store/s3/place.ts';
import { SpooledStore } from '#store/spooled-store.ts';
import type { Store } from '#store/store.ts';
import { Mover } from './mover.ts';

interface Options {
  recordingsDir: string;
  /** Of this process alone; for what is being made of recordings in an S3 store. */
  workFolder: string;
  /** Where recordings go once they are finished; without it they stay. */
  s3: S3Place | undefined;
  minFreeBytes: number;
  clock: Clock;
  log: Log;
}

/** What a mover must be told that is opened after the store. */
type Asked = Pick<ConstructorParameters<typeof Mover>[0], 'isBeingSent' | 'moved'>;

/**
 * The store of recordings.
 * @throws Fault `store-refused`, `store-missing`; where it only does not answer, recordings that are here are shown all the same
 */
export async function openStore(
  options: Options,
): Promise<{ store: Store; moverOf: (asked: Asked) => Mover | undefined }> {
  const { clock, log, minFreeBytes, recordingsDir, s3, workFolder } = options;
  const spool = new LocalDisk(recordingsDir, clock, log);
  if (!s3) return { store: spool, moverOf: () => undefined };
  const place = await openS3(s3, { workFolder, minFreeBytes, clock });
  try {
    await place.manifestFacts(NO_RECORDING);
  } catch (cause) {
    if (!(cause instanceof Fault) || cause.code !== 'store-unreachable') throw cause;
    log.warn('store-unreachable', { cause: cause.message });
  }
  const store = new SpooledStore({ spool, place });
  const order = { spool: recordingsDir, place: s3, workFolder: join(workFolder, 'moving') };
  return { store, moverOf: (asked) => new Mover({ ...asked, store, order, clock, log }) };
}

/** Asked for at the start, to see whether we are let in. */
const NO_RECORDING = '19700101T000000000Z-00000000';
