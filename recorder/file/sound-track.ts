import type { AudioCodec } from '#protocol/people.ts';
import { type AudioTranscoder, SAMPLE_RATE } from '../audio/audio-transcoder.ts';
import { OPUS_LOOKAHEAD_SAMPLES } from '../audio/pcm-line.ts';
import type { OpusItem } from '../depacketize/opus.ts';
import { FRAME_SAMPLES } from '../flv/audio-data.ts';

/** How long after its capture a sample may come when none is expected (mute, DTX), before silence takes its place. */
export const IDLE_LATENESS_MS = 250;
/** The same while packets are due: a stalled network may still bring them. */
export const EXPECTED_LATENESS_MS = 800;
/** While nothing of a person comes at all, their sender may be held up, and send it all later: sound is waited for so long. */
export const HELD_UP_LATENESS_MS = 5000;

const SAMPLES_PER_MS = SAMPLE_RATE / 1000;
const PACKET_MS = FRAME_SAMPLES.opus / SAMPLES_PER_MS;
const LOOKAHEAD_MS = OPUS_LOOKAHEAD_SAMPLES / SAMPLES_PER_MS;

/**
 * The sound of one file: packets on their way to where it is made, and silence where none come. When one that has not come
 * is missing is told by what else has come. All instants are on the SFU's clock; `originMs` is the file's first tag.
 */
export class SoundTrack {
  readonly codec: AudioCodec;
  readonly #maker: AudioTranscoder;
  /** No sound is due: muted, or the sender is silent and says so. */
  #isIdle = true;
  /** The latest capture of which anything has come, sound or picture. */
  #newestMs = Number.NEGATIVE_INFINITY;
  /** Up to here silence has taken the place of sound that did not come. */
  #silentToMs = Number.NEGATIVE_INFINITY;

  constructor(maker: AudioTranscoder, codec: AudioCodec) {
    this.codec = codec;
    this.#maker = maker;
  }

  /** So much sound that was due is not made yet, or is silence because nobody makes it. */
  get behindMs(): number {
    return this.#maker.behindSamples / SAMPLES_PER_MS;
  }

  /**
   * The latest beginning of a file up to `firstMs` from which its first sound lies in its place: AAC lies anywhere, what is kept on a
   * line of whole packets (KeptSound).
   */
  originMs(firstMs: number, firstSoundMs = firstMs): number {
    if (this.codec === 'aac') return firstMs;
    const onLineMs = firstSoundMs - LOOKAHEAD_MS;
    return onLineMs + Math.floor((firstMs - onLineMs) / PACKET_MS) * PACKET_MS;
  }

  /** Whether what was lost before this packet stays silence: it is made up for where sound is decoded, and nowhere else. */
  leavesOut({ lostTicks }: OpusItem): boolean {
    return this.codec === 'opus' && lostTicks > 0;
  }

  /** Something was captured up to this instant, sound or picture, and has come. */
  came(captureMs: number): void {
    this.#newestMs = Math.max(this.#newestMs, captureMs);
  }

  /** Whether sound up to this capture comes too late: silence has taken its place. */
  isOver(captureMs: number): boolean {
    return captureMs <= this.#silentToMs;
  }

  /** No more is due for now: it was muted. */
  rest(): void {
    this.#isIdle = true;
  }

  push(item: OpusItem, captureMs: number, originMs: number): void {
    this.#isIdle = item.dtx;
    if (item.dtx) return;
    this.#maker.push({
      positionSamples: (captureMs - originMs) * SAMPLES_PER_MS,
      payload: item.payload,
      lostSamples: item.lostTicks,
    });
  }

  /** Silence takes the place of what is missing. @param heldFromMs media after this are here, and come later */
  silence(nowMs: number, heldFromMs: number, originMs: number): void {
    this.#silentToMs = Math.max(this.#silentToMs, Math.min(this.#missingBeforeMs(nowMs), heldFromMs));
    const silentMs = this.#silentToMs - originMs;
    if (silentMs > 0) this.#maker.advance(Math.floor(silentMs * SAMPLES_PER_MS));
  }

  /** Resolves once there is sound, or silence, up to here. @param endMs from the file's first tag on */
  async finish(endMs: number): Promise<void> {
    await this.#maker.finish(Math.ceil(endMs * SAMPLES_PER_MS));
  }

  /** What `finish` still waits for is silence, at once. */
  giveUp(): void {
    this.#maker.giveUp();
  }

  close(): void {
    this.#maker.close();
  }

  #missingBeforeMs(nowMs: number): number {
    if (this.#isIdle) return nowMs - IDLE_LATENESS_MS;
    return Math.min(nowMs - EXPECTED_LATENESS_MS, Math.max(this.#newestMs, nowMs - HELD_UP_LATENESS_MS));
  }
}
