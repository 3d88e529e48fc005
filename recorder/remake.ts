import { AacEncoder } from './audio/aac-encoder.ts';
import type { SoundFrame } from './audio/audio-transcoder.ts';
import { OpusDecoder } from './audio/opus-decoder.ts';
import { OPUS_LOOKAHEAD_SAMPLES } from './audio/pcm-line.ts';
import { SILENT_FRAMES } from './audio/silent-frames.ts';
import { StreamTranscoder } from './audio/stream-transcoder.ts';
import { Malformed } from './bytes/malformed.ts';
import { Interleaver } from './file/interleaver.ts';
import { encodeSoundConfig, parseAudioData, SILENT_PACKETS, SOUND_PREFIX } from './flv/audio-data.ts';
import { FRAME_MS } from './flv/flv-muxer.ts';
import { type FlvSource, type FlvTag, readFlvTags } from './flv/flv-reader.ts';
import { encodeTag, FLV_HEADER, TAG_TYPE } from './flv/flv-tag.ts';

const SAMPLES_PER_MS = 48;

/**
 * The bytes of a file with AAC, of one that keeps Opus: as the recorder would have written it, sound and pictures in their
 * places, what was silent the prepared frame of silence. Its metadata are those of before: `planRepair` tells its own.
 * @throws Malformed for what no recorder of ours writes
 */
export async function* remakeInAac(source: FlvSource): AsyncGenerator<{ chunks: Buffer[]; end: number }> {
  using sound = new RemadeSound();
  const tags = new Interleaver<Buffer[]>();
  const push = (frames: readonly SoundFrame[]) => {
    for (const { data, index } of frames) {
      const atMs = index * FRAME_MS.aac;
      tags.push('audio', atMs, encodeTag(TAG_TYPE.audio, Math.round(atMs), [SOUND_PREFIX.aac, data]));
    }
  };
  let endMs = 0;
  yield { chunks: [FLV_HEADER], end: 0 };
  for await (const tag of readFlvTags(source)) {
    const { data, end, timestampMs, type } = tag;
    if (type === TAG_TYPE.audio) {
      const made = await sound.take(tag);
      if ('config' in made) yield { chunks: encodeTag(type, timestampMs, [made.config]), end };
      else push(made.frames);
      endMs = Math.max(endMs, timestampMs + FRAME_MS.opus);
    } else if (type === TAG_TYPE.script) yield { chunks: encodeTag(type, timestampMs, [data]), end };
    else tags.push('video', timestampMs, encodeTag(type, timestampMs, [data]));
    endMs = Math.max(endMs, timestampMs);
    yield { chunks: tags.ready().flatMap(({ item }) => item), end };
  }
  push(sound.finish(endMs));
  yield { chunks: tags.flush().flatMap(({ item }) => item), end: source.size };
}

/** The sound of one file on its way from Opus to AAC. */
class RemadeSound implements Disposable {
  #codecs: { decoder: OpusDecoder; encoder: AacEncoder; transcoder: StreamTranscoder } | undefined;

  async take({ data, timestampMs }: FlvTag): Promise<{ config: Buffer } | { frames: SoundFrame[] }> {
    const sound = parseAudioData(data);
    if (sound.type === 'opus-config') return { config: await this.#open(sound.channels === 2 ? 2 : 1) };
    if (sound.type !== 'frame' || sound.codec !== 'opus' || !this.#codecs)
      throw new Malformed('sound that is not Opus');
    const { transcoder } = this.#codecs;
    // Packets lie where their sound is heard, the look-ahead taken off.
    const sample = timestampMs * SAMPLES_PER_MS + OPUS_LOOKAHEAD_SAMPLES;
    const isSilent = SILENT_PACKETS[1].equals(sound.frame) || SILENT_PACKETS[2].equals(sound.frame);
    return { frames: isSilent ? transcoder.advance(sample) : transcoder.push(sample, sound.frame) };
  }

  finish(endMs: number): SoundFrame[] {
    return this.#codecs?.transcoder.finish(Math.ceil(endMs * SAMPLES_PER_MS)) ?? [];
  }

  [Symbol.dispose](): void {
    this.#codecs?.decoder[Symbol.dispose]();
    this.#codecs?.encoder[Symbol.dispose]();
  }

  async #open(channels: 1 | 2): Promise<Buffer> {
    const decoder = await OpusDecoder.open(channels);
    const encoder = new AacEncoder(channels);
    const silentFrame = SILENT_FRAMES[channels];
    const transcoder = new StreamTranscoder({ channels, decoder, encoder, silentFrame, firstFrame: 0 });
    this.#codecs = { decoder, encoder, transcoder };
    return encodeSoundConfig('aac', channels);
  }
}
