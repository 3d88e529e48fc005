import type { Quality } from '#protocol/people.ts';

/**
 * mediasoup scores a stream from 0 (nothing comes) to 10 (nothing is lost). 0 is no sign of a poor network by itself:
 * a stream that has just begun, and one that has nothing to send, have it, too.
 */
const GOOD_SCORE = 8;
const FAIR_SCORE = 5;

/**
 * @param scores of the streams that flow, both ways
 * @param isReachable whether the person's transports are
 */
export function qualityOf(scores: readonly number[], isReachable: boolean): Quality {
  if (!isReachable) return 'poor';
  const worst = Math.min(...scores.filter((score) => score > 0));
  if (worst >= GOOD_SCORE) return 'good';
  return worst >= FAIR_SCORE ? 'fair' : 'poor';
}
