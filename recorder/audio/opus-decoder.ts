import { createDecoder, type OpusDecoderHandle, OpusError } from 'libopus-wasm';
import { MAX_CONCEALED_SAMPLES, SAMPLE_RATE } from './audio-transcoder.ts';

/** Lost sound is made in steps of 2.5 ms, the shortest frame of Opus. */
const SHORTEST_FRAME_SAMPLES = 120;

/**
 * Opus → samples, by libopus: the decoder of the browsers. libavcodec's own costs a tenth less, but knows nothing of lost
 * packets. This one runs in WebAssembly, where hostile sound reaches its own memory at most.
 */
export class OpusDecoder implements Disposable {
  readonly #handle: OpusDecoderHandle;
  readonly #channels: 1 | 2;

  constructor(handle: OpusDecoderHandle) {
    this.#handle = handle;
    this.#channels = handle.channels;
  }

  static async open(channels: 1 | 2): Promise<OpusDecoder> {
    return new OpusDecoder(await createDecoder({ channels, sampleRate: SAMPLE_RATE }));
  }

  /** The packet's samples, one array for each channel; undefined when the packet is broken. */
  decode(payload: Buffer): Float32Array[] | undefined {
    if (payload.length === 0) return undefined;
    return this.#answer(() => this.#handle.decodeFloat(payload));
  }

  /**
   * What is heard instead of sound that was lost: what `next`, the packet behind it, brings of its end (RFC 6716 §2.1.7),
   * and before that what the packets before it make likely. Then comes `decode` of the next packet.
   * @param samples at most 120 ms; undefined is answered for what is no multiple of 2.5 ms
   * @param next undefined where it does not follow directly
   */
  conceal(samples: number, next: Buffer | undefined): Float32Array[] | undefined {
    if (next?.length === 0) return undefined;
    if (samples <= 0 || samples > MAX_CONCEALED_SAMPLES || samples % SHORTEST_FRAME_SAMPLES !== 0)
      return undefined;
    const options = { frameSize: samples, decodeFec: next !== undefined };
    return this.#answer(() => this.#handle.decodeFloat(next ?? null, options));
  }

  [Symbol.dispose](): void {
    this.#handle.free();
  }

  /** Anything but libopus's own refusal is a bug there: nothing in its memory is to be trusted any more, and it is thrown. */
  #answer(decode: () => Float32Array): Float32Array[] | undefined {
    try {
      return apart(decode(), this.#channels);
    } catch (cause) {
      if (cause instanceof OpusError) return undefined;
      throw cause;
    }
  }
}

/** Samples of several channels by turns, as one array for each. */
function apart(samples: Float32Array, channels: 1 | 2): Float32Array[] {
  if (channels === 1) return [samples];
  const length = samples.length / channels;
  const [left, right] = [new Float32Array(length), new Float32Array(length)];
  for (let at = 0; at < length; at += 1) {
    left[at] = samples[2 * at] ?? 0;
    right[at] = samples[2 * at + 1] ?? 0;
  }
  return [left, right];
}
