import { expect, test } from 'vitest';
import { ManualClock } from './manual-clock.ts';

test('timers run in order, each at its own instant', () => {
  const clock = new ManualClock(1000);
  const seen: [string, number][] = [];
  clock.after(30, () => seen.push(['once', clock.nowMs()]));
  const end = clock.every(20, () => seen.push(['tick', clock.nowMs()]));
  clock.advance(50);
  expect(seen).toEqual([
    ['tick', 1020],
    ['once', 1030],
    ['tick', 1040],
  ]);
  expect(clock.nowMs()).toBe(1050);
  end();
  expect(clock.pending).toBe(0);
});
