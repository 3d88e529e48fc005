import { z } from 'zod';
import { workAsChild } from '#service/child-work.ts';
import { systemClock } from '#service/clock.ts';
import { silentLog } from '#service/log.ts';
import { copyRecording } from '#store/copy-recording.ts';
import { LocalDisk } from '#store/local-disk.ts';
import { openS3 } from '#store/s3/open-s3.ts';
import { s3PlaceSchema } from '#store/s3/place.ts';

const orderSchema = z.object({
  recordingId: z.string(),
  /** The folder of recordings that it is copied from. */
  spool: z.string(),
  place: s3PlaceSchema,
  /** Of this process alone. */
  workFolder: z.string(),
});
export type MoveOrder = z.infer<typeof orderSchema>;

/** One recording copied to an S3 store: it reads gigabytes, twice, and makes sums of them. Tells the version of the manifest that it copied. */
workAsChild<MoveOrder, string>(orderSchema, async ({ place, recordingId, spool, workFolder }, tell) => {
  const from = new LocalDisk(spool, systemClock, silentLog);
  const to = await openS3(place, { workFolder, minFreeBytes: 0, clock: systemClock });
  try {
    // Whoever ends it kills the process.
    const { signal } = new AbortController();
    tell((await copyRecording(recordingId, { from, to, signal })).version);
  } finally {
    await to.close();
    await from.close();
  }
});
