import { Malformed } from '../bytes/malformed.ts';
import { encodeOpusPacket, type OpusFrames, parseOpusFrames } from '../depacketize/opus-frames.ts';
import { FRAME_SAMPLES, SILENT_PACKETS } from '../flv/audio-data.ts';
import type { AudioTranscoder, SoundFrame, SoundMaker } from './audio-transcoder.ts';
import { CONTINUITY_SAMPLES, MAX_AHEAD_SAMPLES, OPUS_LOOKAHEAD_SAMPLES } from './pcm-line.ts';

const PACKET_SAMPLES = FRAME_SAMPLES.opus;
/** Sound that goes on is moved by a whole packet when it lies further from its place: 12 ms, then 8 on the other side. */
const MOST_OFF_SAMPLES = 576;
/** A frame of at most one byte is none: its sender was silent (RFC 6716 §3.2.1). */
const MAX_EMPTY_BYTES = 1;

/** Sound is kept as it was sent [D20]. */
export class KeptSounds implements SoundMaker {
  readonly codec = 'opus';
  /** Frames, since the start, that were broken or had no place on their line. */
  leftOut = 0;

  open({ channels, onFrames }: Parameters<SoundMaker['open']>[0]): AudioTranscoder {
    const leaveOut = () => {
      this.leftOut += 1;
    };
    return new KeptSound({ channels, onFrames, leaveOut });
  }
}

/**
 * One stream's sound as it was sent: its Opus packets on a line of 20 ms each, longer ones split and shorter ones joined by
 * their TOC, and encoded silence wherever nothing was sent, or what was sent did not come. No codec runs. A packet is at
 * most 10 ms from where it was captured when sound begins (0, as a rule: Take lays the file's beginning so). While what is known
 * of the sender's clock changes it is at most 12: then a packet is heard twice, or left out, and the codec goes on.
 */
export class KeptSound implements AudioTranscoder {
  readonly #channels: 1 | 2;
  readonly #onFrames: (frames: SoundFrame[]) => void;
  readonly #leaveOut: () => void;
  /** Packets handed out: the place of the next one. */
  #next = 0;
  /** Where sound begins that follows the last without a break; undefined behind silence. */
  #continuesAt: number | undefined;
  /** Frames that do not fill a packet yet. */
  #part: Pick<OpusFrames, 'configuration' | 'frames'> & { samples: number } = noPart();
  /** The last packet, where it is one of a single place. */
  #last: Buffer | undefined;
  #closed = false;
  /** @param options.leaveOut for each frame that is broken, or has no place on the line */
  constructor(options: { channels: 1 | 2; onFrames(frames: SoundFrame[]): void; leaveOut(): void }) {
    this.#channels = options.channels;
    this.#onFrames = options.onFrames;
    this.#leaveOut = options.leaveOut;
  }

  /** Nothing is made later than it comes. */
  get behindSamples(): number {
    return 0;
  }

  push({ lostSamples = 0, payload, positionSamples }: Parameters<AudioTranscoder['push']>[0]): void {
    const made: SoundFrame[] = [];
    if (lostSamples > 0) this.#breakOff(made);
    try {
      const packet = parseOpusFrames(payload);
      const from = positionSamples - OPUS_LOOKAHEAD_SAMPLES;
      packet.frames.forEach((frame, index) => {
        this.#take(frame, packet, from + index * packet.frameTicks, made);
      });
    } catch (cause) {
      if (!(cause instanceof Malformed)) throw cause;
      this.#leaveOut();
    }
    this.#hand(made);
  }

  advance(toSample: number): void {
    const made: SoundFrame[] = [];
    this.#silence(Math.round((toSample - OPUS_LOOKAHEAD_SAMPLES) / PACKET_SAMPLES), made);
    this.#hand(made);
  }

  async finish(endSample: number): Promise<void> {
    const made: SoundFrame[] = [];
    this.#close(made);
    this.#silence(Math.ceil(endSample / PACKET_SAMPLES), made);
    this.#hand(made);
  }

  giveUp(): void {
    // Nothing is waited for.
  }

  close(): void {
    this.#closed = true;
  }

  /** @param at where the frame's sound begins on the file's line */
  #take(frame: Buffer, { configuration, frameTicks }: OpusFrames, at: number, made: SoundFrame[]): void {
    if (frame.length <= MAX_EMPTY_BYTES) return;
    const isOfPart = this.#part.configuration === configuration && this.#isContinuedAt(at, frameTicks / 2);
    if (!isOfPart || this.#part.samples + frameTicks > PACKET_SAMPLES) this.#close(made);
    const isPlaced = this.#part.samples > 0 || this.#goTo(at, made);
    this.#continuesAt = at + frameTicks;
    if (!isPlaced) {
      this.#leaveOut();
      return;
    }
    const { frames, samples } = this.#part;
    this.#part = { configuration, frames: [...frames, frame], samples: samples + frameTicks };
    if (this.#part.samples >= PACKET_SAMPLES) this.#close(made);
  }

  /** What comes next does not continue what came before, however short that is which is missing between them. */
  #breakOff(made: SoundFrame[]): void {
    this.#close(made);
    this.#continuesAt = undefined;
  }

  /** Hands out what has been gathered. A frame of 40 or 60 ms cannot be parted, and takes as many places. */
  #close(made: SoundFrame[]): void {
    const { configuration, frames, samples } = this.#part;
    if (samples === 0) return;
    const data = encodeOpusPacket(configuration, frames);
    made.push({ index: this.#next, data });
    this.#last = samples > PACKET_SAMPLES ? undefined : data;
    this.#next += Math.ceil(samples / PACKET_SAMPLES);
    this.#part = noPart();
  }

  /** Silence up to where this sound belongs. Answers false when that is behind us, or further ahead than any delay explains. */
  #goTo(at: number, made: SoundFrame[]): boolean {
    const offSamples = at - this.#next * PACKET_SAMPLES;
    const goesOn = this.#isContinuedAt(at);
    const mostOff = goesOn ? MOST_OFF_SAMPLES : PACKET_SAMPLES / 2;
    if (!(offSamples >= -mostOff && offSamples <= MAX_AHEAD_SAMPLES)) return false;
    if (offSamples > mostOff) {
      if (goesOn && this.#last) made.push({ index: this.#next++, data: this.#last });
      else this.#silence(Math.round(at / PACKET_SAMPLES), made);
    }
    return true;
  }

  #isContinuedAt(at: number, withinSamples = CONTINUITY_SAMPLES / 2): boolean {
    return this.#continuesAt !== undefined && Math.abs(at - this.#continuesAt) <= withinSamples;
  }

  #silence(toPacket: number, made: SoundFrame[]): void {
    if (toPacket <= this.#next) return;
    this.#breakOff(made);
    const data = SILENT_PACKETS[this.#channels];
    for (; this.#next < toPacket; this.#next += 1) made.push({ index: this.#next, data });
  }

  #hand(made: SoundFrame[]): void {
    if (made.length > 0 && !this.#closed) this.#onFrames(made);
  }
}

function noPart() {
  return { configuration: 0, frames: [], samples: 0 };
}
