import { expect, test } from 'vitest';
import { RETRY_MS } from '../file/next-file.ts';
import { picturesOf } from './captured-pictures.ts';
import { simulate } from './simulation.ts';

test('[FILE6] after a failure to write the person goes on in a new file as soon as the disk takes it', async () => {
  const outcome = await simulate({
    seconds: 30,
    eachSecond: (second, { clock, rig }) => {
      if (second === 10) rig.failWritesUntil(clock.nowMs() + RETRY_MS + 1000);
    },
  });
  expect(outcome.failures).toEqual(['The disk is too slow: this file ends here.', 'the disk is failing']);
  expect(outcome.entries.map(({ state }) => state)).toEqual(['recovered', 'complete']);
  // The disk works in real time: how much it had taken by then depends on the machine.
  const [first] = outcome.entries;
  expect(first?.durationMs).toBeGreaterThan(1000);
  expect(first?.durationMs).toBeLessThan(10_100);
  const pictures = await picturesOf(outcome);
  expect(pictures.filter(({ content }) => content === 'garbage')).toEqual([]);
  // The first retry falls into the failure, the second one comes twice as late.
  const secondsLost = outcome.entry.startOffsetMs / 1000 - 10;
  expect(secondsLost).toBeGreaterThan(RETRY_MS / 1000);
  expect(secondsLost).toBeLessThan((3 * RETRY_MS) / 1000 + 1);
  // Up to its last packet.
  expect(outcome.entry.durationMs / 1000).toBeGreaterThan(30 - 10 - (3 * RETRY_MS) / 1000 - 1);
});
