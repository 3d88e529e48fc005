import type { AacFrame } from './audio-transcoder.ts';

/** Between the pool and its workers: batches in both directions, in order. */
export type ToWorker =
  | { type: 'open'; stream: number; channels: 1 | 2; firstFrame: number }
  | { type: 'push'; stream: number; positionSamples: number; payload: Uint8Array }
  | { type: 'advance'; stream: number; toSample: number }
  | { type: 'finish'; stream: number; endSample: number }
  | { type: 'close'; stream: number };

export type FromWorker =
  | { type: 'ready' }
  | { type: 'frames'; stream: number; frames: AacFrame[] }
  | { type: 'finished'; stream: number };
