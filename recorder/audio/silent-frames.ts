import { AAC_FRAME_SAMPLES } from './audio-transcoder.ts';
import { OPUS_LOOKAHEAD_SAMPLES } from './pcm-line.ts';

/**
 * A frame of silence as our encoder itself makes it once it has settled: the same bytes whatever its settings, since nothing in
 * it is coded. Held here, so that a file can be silent before any worker works, and while none does.
 */
export const SILENT_FRAMES: Record<1 | 2, Buffer> = {
  1: Buffer.from('01182007', 'hex'),
  2: Buffer.from('211004608c1c', 'hex'),
};

/**
 * Of a stream that is silent up to there, how many frames can be made: each is of two blocks (FramePlanner), and what is heard at
 * a sample was captured a look-ahead before (PcmLine).
 */
export function silentFramesBefore(toSample: number): number {
  const blocks = Math.floor((Math.floor(toSample) - OPUS_LOOKAHEAD_SAMPLES) / AAC_FRAME_SAMPLES);
  return Math.max(0, blocks - 1);
}
