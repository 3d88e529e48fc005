import { LeakyBucket } from '../bytes/leaky-bucket.ts';

/**
 * What one file of a person may grow by, for as long as it likes: 32 Mbit/s, where a shared 4K screen takes 8, and the SFU asks
 * senders for 6 in all.
 */
export const MAX_BYTES_PER_S = 4 * 1024 * 1024;
/** On top of that, at once: keyframes of a large screen, and what a stalled network brings in one go. */
export const BURST_BYTES = 64 * 1024 * 1024;

/** The bytes that one person's camera, or their screen, may write. It outlives the files that it ended. */
export class WriteAllowance extends LeakyBucket {
  constructor() {
    super({ perS: MAX_BYTES_PER_S, burst: BURST_BYTES });
  }
}
