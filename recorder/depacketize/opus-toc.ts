import { Malformed } from '../bytes/malformed.ts';

/** What the first byte of an Opus packet says (RFC 6716 §3.1). */
export interface OpusToc {
  channels: 1 | 2;
  frames: number;
  /** Of the whole packet, in 48 kHz ticks. */
  durationTicks: number;
}

/** Frame durations in 48 kHz ticks by configuration (RFC 6716 table 2). */
const SILK_TICKS = [480, 960, 1920, 2880];
const HYBRID_TICKS = [480, 960];
const CELT_TICKS = [120, 240, 480, 960];
/** 120 ms (RFC 6716 §3.2.5, R5) */
const MAX_TICKS = 5760;

/** @throws Malformed for an empty packet, or one of more than 120 ms */
export function parseOpusToc(payload: Buffer): OpusToc {
  const toc = payload[0];
  if (toc === undefined) throw new Malformed('an empty Opus packet');
  const frames = frameCount(toc & 3, payload);
  const durationTicks = frames * frameTicks(toc >> 3);
  if (frames === 0 || durationTicks > MAX_TICKS)
    throw new Malformed(`an Opus packet of ${durationTicks} ticks`);
  return { channels: (toc & 4) === 0 ? 1 : 2, frames, durationTicks };
}

function frameTicks(configuration: number): number {
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
