import { expect, test } from 'vitest';
import { unpackItems } from './packed-items.ts';
import type { ToWorker } from './worker-messages.ts';
import { MAX_STREAM_BYTES, MAX_STREAM_PACKETS, TURN_PACKETS, WorkerQueue } from './worker-queue.ts';

const FLOOD = 1;
const VOICE = 2;
const payload = Buffer.alloc(40, 7);

function fill(queue: WorkerQueue, stream: number, packets: number, bytes = payload): number {
  let taken = 0;
  for (let index = 0; index < packets; index += 1)
    if (queue.push(stream, { positionSamples: index * 960, payload: bytes })) taken += 1;
  return taken;
}

function countOf({ packets }: ToWorker, stream: number): number {
  return unpackItems(packets).filter((item) => item.stream === stream).length;
}

test('[AUD9] a stream has room of its own, in packets and bytes: what floods one takes nothing from another', () => {
  const queue = new WorkerQueue();
  expect(fill(queue, FLOOD, MAX_STREAM_PACKETS + 7)).toBe(MAX_STREAM_PACKETS);
  expect(fill(queue, VOICE, 100)).toBe(100);
  const wide = new WorkerQueue();
  expect(fill(wide, FLOOD, 1000, Buffer.alloc(1200))).toBe(Math.ceil(MAX_STREAM_BYTES / 1200));
  expect(fill(wide, VOICE, 100)).toBe(100);
});

test('[AUD21] streams take turns in a batch, and nothing is said to be silent or over before its packets were taken', () => {
  const queue = new WorkerQueue();
  fill(queue, FLOOD, 2 * TURN_PACKETS + 1);
  fill(queue, VOICE, 5);
  for (const stream of [FLOOD, VOICE]) {
    queue.advance(stream, 48_000);
    queue.finish(stream, 96_000);
  }
  const first = queue.take();
  expect([countOf(first, FLOOD), countOf(first, VOICE)]).toEqual([TURN_PACKETS, 5]);
  expect([first.advanced, first.finished]).toEqual([[[VOICE, 48_000]], [[VOICE, 96_000]]]);
  expect(queue.isBehind).toBe(true);
  fill(queue, VOICE, 5);
  const second = queue.take();
  expect([countOf(second, FLOOD), countOf(second, VOICE)]).toEqual([TURN_PACKETS, 5]);
  const last = queue.take();
  expect(countOf(last, FLOOD)).toBe(1);
  expect([last.advanced, last.finished]).toEqual([[[FLOOD, 48_000]], [[FLOOD, 96_000]]]);
  expect([queue.isBehind, queue.isEmpty]).toEqual([false, true]);
});

test('of a stream that is closed nothing waits any more, and there is room again for what was taken', () => {
  const queue = new WorkerQueue();
  fill(queue, FLOOD, MAX_STREAM_PACKETS);
  queue.take();
  expect(fill(queue, FLOOD, TURN_PACKETS + 1)).toBe(TURN_PACKETS);
  queue.close(FLOOD);
  expect(queue.take()).toMatchObject({ closed: [FLOOD], finished: [], packets: { lengths: [] } });
  expect(queue.isEmpty).toBe(true);
});
