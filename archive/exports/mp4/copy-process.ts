import { rm } from 'node:fs/promises';
import { z } from 'zod';
import { workAsChild } from '#service/child-work.ts';
import { writeInAac } from './write-in-aac.ts';
import { writeMp4 } from './write-mp4.ts';

/** So often at most is told how far it is: a thousandth of the file. */
const STEP = 0.001;
/** Making AAC takes that much of the time, where an MP4 follows. */
const SOUND_SHARE = 0.9;

const orderSchema = z.object({
  source: z.string(),
  target: z.string(),
  /** What an MP4 has; undefined for an FLV. */
  wanted: z.array(z.enum(['pictures', 'sound'])).optional(),
  /** Of a file that keeps Opus: AAC in its place. */
  inAac: z.boolean(),
});
export type CopyOrder = z.infer<typeof orderSchema>;

/** One file made of an FLV: it reads and writes gigabytes, of which strangers sent every byte. Tells how much is done, 0 to 1. */
workAsChild<CopyOrder, number>(orderSchema, async ({ inAac, source, target, wanted }, tell) => {
  let told = 0;
  const report = (done: number) => {
    // Of an empty file no part is done.
    if (!(done >= told + STEP)) return;
    told = done;
    tell(done);
  };
  if (!wanted) return writeInAac({ source, target }, report);
  if (!inAac) return writeMp4({ source, target }, wanted, report);
  const made = `${target}.flv`;
  await writeInAac({ source, target: made }, (done) => report(SOUND_SHARE * done));
  const rest = (done: number) => report(SOUND_SHARE + (1 - SOUND_SHARE) * done);
  await writeMp4({ source: made, target }, wanted, rest);
  await rm(made);
});
