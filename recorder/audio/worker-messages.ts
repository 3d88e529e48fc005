import type { PackedItems } from './packed-items.ts';

/** What a worker is to do, in this order. Each batch is answered, so that one that hangs is noticed. */
export interface ToWorker {
  /** One that is open already goes on with the codecs that it has, at this frame; it is silent up to this sample. */
  opened: { stream: number; channels: 1 | 2; firstFrame: number; silentTo: number }[];
  /** Opus packets; their values are positions on the file's line. One of no bytes: so many samples before the next are lost. */
  packets: PackedItems;
  /** For each stream the sample before which nothing will come any more. */
  advanced: [stream: number, toSample: number][];
  finished: [stream: number, endSample: number][];
  closed: number[];
}

export type FromWorker =
  | { type: 'ready' }
  | {
      type: 'answer';
      /** AAC frames; their values are indexes. One of no bytes stands for silence. */
      frames: PackedItems;
      finished: number[];
      /** Streams of which nothing sounds, and how many packets of theirs were taken by then. */
      rested: [stream: number, packets: number][];
      /** Packets that could not be decoded, or had no place on the line. */
      unused: number;
    };
