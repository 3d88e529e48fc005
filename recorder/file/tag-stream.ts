import type { AudioCodec } from '#protocol/people.ts';
import { SAMPLE_RATE, type SoundFrame } from '../audio/audio-transcoder.ts';
import { HeldBytes } from '../bytes/held-bytes.ts';
import { FRAME_SAMPLES } from '../flv/audio-data.ts';
import { FlvMuxer, type Patch } from '../flv/flv-muxer.ts';
import { Interleaver } from './interleaver.ts';
import type { Picture } from './picture-track.ts';

type Tag = { type: 'audio'; frame: Buffer } | { type: 'video'; picture: Picture };

/** Sound and pictures of one file on their way into it: brought into one order, made into tags, handed over to be appended. */
export class TagStream {
  readonly #append: (chunks: Buffer[]) => void;
  readonly #frameSamples: number;
  readonly #muxer: FlvMuxer;
  readonly #tags = new Interleaver<Tag>();
  readonly #held = new HeldBytes();
  #isOver = false;

  constructor(options: {
    encoder: string;
    createdAtMs: number;
    codec: AudioCodec;
    channels: 1 | 2;
    append: (chunks: Buffer[]) => void;
  }) {
    const { append, ...file } = options;
    this.#append = append;
    this.#frameSamples = FRAME_SAMPLES[file.codec];
    this.#muxer = new FlvMuxer({ ...file, sampleRate: SAMPLE_RATE });
  }

  get durationMs(): number {
    return this.#muxer.durationMs;
  }

  /** Before anything else. */
  begin(): void {
    this.#append([this.#muxer.begin()]);
  }

  sound(frames: readonly SoundFrame[]): void {
    for (const { index, data } of frames) {
      const timestampMs = (index * this.#frameSamples * 1000) / SAMPLE_RATE;
      this.#tags.push('audio', timestampMs, { type: 'audio', frame: data });
    }
    this.drain();
  }

  picture(timestampMs: number, picture: Picture): void {
    const nals = picture.nals.map((nal) => this.#held.hold(nal));
    this.#tags.push('video', timestampMs, { type: 'video', picture: { ...picture, nals } });
    this.drain();
  }

  /** Sound need not wait for pictures of before this time. */
  noPictureBefore(timestampMs: number): void {
    this.#tags.progress('video', timestampMs);
  }

  /** Hands over what can be written now. */
  drain(): void {
    if (!this.#isOver) this.#write(this.#tags.ready());
  }

  /** What is to be patched in place, of all that was handed over. */
  metadata(): Patch {
    return this.#muxer.metadata();
  }

  /** Hands over what still waits. Answers what is to be patched in place. */
  finish(): Patch {
    this.#write(this.#tags.flush());
    this.#isOver = true;
    return this.#muxer.metadata();
  }

  /** What still waits, or comes, is lost. */
  abandon(): void {
    this.#isOver = true;
  }

  #write(tags: { timestampMs: number; item: Tag }[]): void {
    const chunks: Buffer[] = [];
    let held = 0;
    for (const { timestampMs, item } of tags) {
      if (item.type === 'audio') chunks.push(...this.#muxer.audio(item.frame, timestampMs));
      else {
        chunks.push(...this.#muxer.video(item.picture, timestampMs));
        held += item.picture.nals.length;
      }
    }
    if (chunks.length > 0) this.#append(chunks);
    this.#held.release(held);
  }
}
