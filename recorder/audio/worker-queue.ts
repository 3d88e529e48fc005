import type { AudioTranscoder } from './audio-transcoder.ts';
import { ItemPacker } from './packed-items.ts';
import type { ToWorker } from './worker-messages.ts';

/**
 * Packets of one stream that may wait for its worker: a minute of a voice, so that what a stalled network or we ourselves held up
 * has room. What comes on top is dropped, and is silence in that stream's file alone.
 */
export const MAX_STREAM_PACKETS = 3000;
export const MAX_STREAM_BYTES = 512 * 1024;
/** Streams take turns: a batch has so many packets of each at most, a second of a voice. */
export const TURN_PACKETS = 50;
/** In a packet's place: sound was lost here. */
const NOTHING = Buffer.alloc(0);

/** Of one stream. What is said of its end, or of silence, is true once its packets before were taken. */
interface Waiting {
  packets: { value: number; bytes: Buffer }[];
  bytes: number;
  advancedTo: number | undefined;
  endSample: number | undefined;
}

/** What waits for a worker, each stream within bounds of its own. */
export class WorkerQueue {
  readonly #streams = new Map<number, Waiting>();
  #opened: ToWorker['opened'] = [];
  #closed: number[] = [];
  #isBehind = false;

  get isEmpty(): boolean {
    return this.#opened.length + this.#closed.length + this.#streams.size === 0;
  }

  /** Packets did not fit into the last batch. */
  get isBehind(): boolean {
    return this.#isBehind;
  }

  open(stream: ToWorker['opened'][number]): void {
    this.#opened.push(stream);
  }

  /** Answers false where there is no room: it is dropped. */
  push(stream: number, packet: Parameters<AudioTranscoder['push']>[0]): boolean {
    const { lostSamples = 0, payload, positionSamples } = packet;
    const waiting = this.#waiting(stream);
    if (waiting.packets.length >= MAX_STREAM_PACKETS || waiting.bytes >= MAX_STREAM_BYTES) return false;
    if (lostSamples > 0) waiting.packets.push({ value: lostSamples, bytes: NOTHING });
    waiting.packets.push({ value: positionSamples, bytes: payload });
    waiting.bytes += payload.length;
    return true;
  }

  advance(stream: number, toSample: number): void {
    this.#waiting(stream).advancedTo = toSample;
  }

  finish(stream: number, endSample: number): void {
    this.#waiting(stream).endSample = endSample;
  }

  /** Of it nothing waits but what is said of its silence. */
  rest(stream: number): void {
    this.#streams.delete(stream);
  }

  close(stream: number): void {
    this.#streams.delete(stream);
    this.#closed.push(stream);
  }

  /** The next batch: of each stream what its turn holds. */
  take(): ToWorker {
    const packets = new ItemPacker();
    const advanced: ToWorker['advanced'] = [];
    const finished: ToWorker['finished'] = [];
    this.#isBehind = false;
    for (const [stream, waiting] of this.#streams) {
      for (const { bytes, value } of waiting.packets.splice(0, TURN_PACKETS)) {
        packets.add(stream, value, bytes);
        waiting.bytes -= bytes.length;
      }
      if (waiting.packets.length > 0) {
        this.#isBehind = true;
        continue;
      }
      if (waiting.advancedTo !== undefined) advanced.push([stream, waiting.advancedTo]);
      if (waiting.endSample !== undefined) finished.push([stream, waiting.endSample]);
      this.#streams.delete(stream);
    }
    const [opened, closed] = [this.#opened, this.#closed];
    this.#opened = [];
    this.#closed = [];
    return { opened, packets: packets.pack(), advanced, finished, closed };
  }

  #waiting(stream: number): Waiting {
    const waiting = this.#streams.get(stream) ?? {
      ...{ packets: [], bytes: 0, advancedTo: undefined, endSample: undefined },
    };
    this.#streams.set(stream, waiting);
    return waiting;
  }
}
