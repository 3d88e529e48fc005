import { Malformed } from '../bytes/malformed.ts';

/** What the first byte of an Opus packet says (RFC 6716 §3.1). */
export interface OpusToc {
  channels: 1 | 2;
  frames: number;
  frameTicks: number;
  /** Of the whole packet, in 48 kHz ticks. */
  durationTicks: number;
}

/** Frame durations in 48 kHz ticks by configuration (RFC 6716 table 2). */
const SILK_TICKS = [480, 960, 1920, 2880];
const HYBRID_TICKS = [480, 960];
const CELT_TICKS = [120, 240, 480, 960];
/** Configurations from here on have no SILK layer (RFC 6716 table 2). */
const FIRST_CELT_CONFIGURATION = 16;
/** A SILK frame lasts 20 ms, or 10 when it is alone. */
const SILK_FRAME_TICKS = 960;
/** 120 ms (RFC 6716 §3.2.5, R5) */
const MAX_TICKS = 5760;

/** @throws Malformed for an empty packet, or one of more than 120 ms */
export function parseOpusToc(payload: Buffer): OpusToc {
  const toc = payload[0];
  if (toc === undefined) throw new Malformed('an empty Opus packet');
  const frames = frameCount(toc & 3, payload);
  const frameTicks = ticksOf(toc >> 3);
  const durationTicks = frames * frameTicks;
  if (frames === 0 || durationTicks > MAX_TICKS)
    throw new Malformed(`an Opus packet of ${durationTicks} ticks`);
  return { channels: (toc & 4) === 0 ? 1 : 2, frames, frameTicks, durationTicks };
}

/**
 * Whether the packet also tells, more coarsely, what was said in the frame before it: SILK's LBRR flags (RFC 6716 §4.2.3 and
 * §4.2.4), the first bits of the first frame after its VAD flags. Not looked for behind lengths of frames (codes 2 and 3).
 */
export function hasRedundancy(payload: Buffer): boolean {
  const [toc, flags] = payload;
  if (toc === undefined || flags === undefined) return false;
  const configuration = toc >> 3;
  if (configuration >= FIRST_CELT_CONFIGURATION || (toc & 3) > 1) return false;
  const vadFlags = Math.max(1, ticksOf(configuration) / SILK_FRAME_TICKS);
  const isStereo = (toc & 4) !== 0;
  const mid = (flags >> (7 - vadFlags)) & 1;
  const side = isStereo ? (flags >> (6 - 2 * vadFlags)) & 1 : 0;
  return mid === 1 || side === 1;
}

function ticksOf(configuration: number): number {
  if (configuration < 12) return SILK_TICKS[configuration % 4] as number;
  if (configuration < 16) return HYBRID_TICKS[configuration % 2] as number;
  return CELT_TICKS[configuration % 4] as number;
}

function frameCount(code: number, payload: Buffer): number {
  if (code === 0) return 1;
  if (code < 3) return 2;
  const count = payload[1];
  if (count === undefined) throw new Malformed('an Opus packet without its frame count');
  return count & 0x3f;
}
