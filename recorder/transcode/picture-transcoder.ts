import type { AccessUnit } from '../depacketize/h264.ts';
import type { Vp8Frame } from '../depacketize/vp8.ts';

/** Why pictures are missing from what a transcoder hands out, as the manifest's gaps name it. */
export type InterruptionCause = 'transcoder-lost' | 'transcoder-slow' | 'transcodes-full';

/** What a stream's owner hears of its transcoder. */
export interface TranscoderListener {
  /** A picture as H.264, in order; its times are those that it was pushed with. */
  unit(unit: AccessUnit, captureMs: number): void;
  /** Pictures from this capture on are missing, up to the next one that comes out. */
  interrupted(cause: InterruptionCause, fromCaptureMs: number): void;
}

/** Why nothing is transcoded: all places are taken, or ffmpeg does not work. */
export type TranscodeProblem = 'transcodes-full' | 'ffmpeg-broken';

/**
 * Turns one stream's VP8 pictures into H.264, each with the times that it came with: what a picture means is fixed as it
 * goes in, however long it takes to come out.
 */
export interface PictureTranscoder {
  /** @param captureMs when it was captured; never decreases */
  push(frame: Vp8Frame, captureMs: number): void;
  /** True while only a keyframe would be of use, and one would be. */
  readonly needsKeyframe: boolean;
  readonly problem: TranscodeProblem | undefined;
  /**
   * Lets go of the place, since nothing is sent for now; the next picture takes one again. Resolves when what went in
   * has come out, or was given up after FLUSH_MS.
   */
  rest(): Promise<void>;
  /** Kills what is under way; nothing comes out any more. */
  close(): void;
}
