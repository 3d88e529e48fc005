import { MAX_CONCEALED_SAMPLES, SAMPLE_RATE } from '../audio/audio-transcoder.ts';
import { LeakyBucket } from '../bytes/leaky-bucket.ts';
import type { OpusItem } from '../depacketize/opus.ts';

/** A sender's clock may be wrong, but there is not twice as much sound as there is time. */
const MAX_TIMES_REAL_TIME = 2;
/** On top of that, at once: what was held up in the network, in front of a missing packet (RTP9), or while we did not run. */
export const BURST_S = 60;
/** Opus at 510 kbit/s (RFC 6716 §2.1.1) is the most that a browser sends. */
const MOST_BYTES_PER_S = 64_000;

/**
 * The sound that one person's microphone, or their screen, may bring: what it takes to decode it is taken from everybody's
 * workers. It outlives the files that it is written to.
 */
export class SoundAllowance {
  readonly #samples = new LeakyBucket({
    perS: MAX_TIMES_REAL_TIME * SAMPLE_RATE,
    burst: BURST_S * SAMPLE_RATE,
  });
  readonly #bytes = new LeakyBucket({
    perS: MAX_TIMES_REAL_TIME * MOST_BYTES_PER_S,
    burst: BURST_S * MOST_BYTES_PER_S,
  });

  /** Answers false when that is too much; what was lost before it is made up for, which is as much work. */
  take({ arrivalMs, durationTicks, lostTicks, payload }: OpusItem): boolean {
    const samples = durationTicks + Math.min(lostTicks, MAX_CONCEALED_SAMPLES);
    return this.#samples.take(samples, arrivalMs) && this.#bytes.take(payload.length, arrivalMs);
  }
}

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
