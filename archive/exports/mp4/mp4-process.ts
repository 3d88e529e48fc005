import { z } from 'zod';
import { workAsChild } from '#service/child-work.ts';
import { writeMp4 } from './write-mp4.ts';

/** So often at most is told how far it is: a thousandth of the file. */
const STEP = 0.001;

const orderSchema = z.object({
  source: z.string(),
  target: z.string(),
  wanted: z.array(z.enum(['pictures', 'sound'])),
});
export type Mp4Order = z.infer<typeof orderSchema>;

/** One MP4: it reads and writes gigabytes, of which strangers sent every byte. Tells how much is done, 0 to 1. */
workAsChild<Mp4Order, number>(orderSchema, async ({ source, target, wanted }, tell) => {
  let told = 0;
  await writeMp4({ source, target }, wanted, (done) => {
    if (done < told + STEP) return;
    told = done;
    tell(done);
  });
});
