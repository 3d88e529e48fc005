/** Beyond this a file jumps to its place; below, it is sped up or slowed down until it is there. */
const JUMP_MS = 300;
/** Correcting begins at the one distance and ends at the other, so that the rate does not flutter. */
const BEGIN_MS = 20;
const END_MS = 6;
/** With the pitch kept, and for a fraction of a second, this is hardly noticed. */
const MAX_CHANGE = 0.2;
/** The distance is closed in about so much time. */
const CLOSING_MS = 300;

export type Correction = { kind: 'jump' } | { kind: 'rate'; rate: number; isCorrecting: boolean };

/**
 * How a file that plays is brought to its place, and kept there.
 * @param errorMs how far it is ahead (negative: behind), in milliseconds of the recording
 * @param rate at which the whole recording plays
 */
export function follow(errorMs: number, rate: number, wasCorrecting: boolean): Correction {
  const distanceMs = Math.abs(errorMs);
  if (distanceMs > JUMP_MS) return { kind: 'jump' };
  const isCorrecting = distanceMs > (wasCorrecting ? END_MS : BEGIN_MS);
  if (!isCorrecting) return { kind: 'rate', rate, isCorrecting };
  const change = Math.min(MAX_CHANGE, Math.max(-MAX_CHANGE, -errorMs / CLOSING_MS));
  return { kind: 'rate', rate: rate * (1 + change), isCorrecting };
}
