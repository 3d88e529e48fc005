import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { AppendFile, WRITE_INTERVAL_MS } from '../storage/append-file.ts';
import { WaitingBytes } from '../storage/waiting-bytes.ts';
import { type Quiet, recordQuietPerson } from './quiet-person.ts';

/** What a silent person costs, counted and not timed: the same on any machine. */
const FROM_S = 5;
const SECONDS = 20;

test('a silent person is looked at as often as there is something to write, and heard of once a second and stream', async () => {
  const ticks = vi.spyOn(AppendFile.prototype, 'tick');
  const writes = vi.spyOn(WaitingBytes.prototype, 'drain');
  const counts = ({ feedback }: Readonly<Quiet>) => ({
    feedback,
    ticks: ticks.mock.calls.length,
    writes: writes.mock.calls.length,
  });
  const seen: ReturnType<typeof counts>[] = [];
  await recordQuietPerson(FROM_S + SECONDS + 1, (_, so) => void seen.push(counts(so)));
  const [from, to] = [seen[FROM_S], seen[FROM_S + SECONDS]];
  if (!from || !to) throw new Error('nobody was recorded');
  const [ticksPerS, writesPerS, feedbackPerS] = (['ticks', 'writes', 'feedback'] as const).map(
    (what) => (to[what] - from[what]) / SECONDS,
  );
  console.info(
    `a second of a silent person: ${ticksPerS} looks, ${writesPerS} writes, ${feedbackPerS} reports`,
  );
  const dueEach = 1000 / WRITE_INTERVAL_MS;
  expect(ticksPerS).toBeLessThanOrEqual(dueEach + 0.5);
  expect(ticksPerS).toBeGreaterThanOrEqual(dueEach - 1);
  expect(writesPerS).toBeLessThanOrEqual(dueEach + 0.5);
  expect(feedbackPerS).toBeLessThanOrEqual(2.5);
});

/** Half as much again as it takes today, ticks and silence included: 7 to 9 kB, by what V8 has compiled by then. */
const MOST_BYTES = 12_000;

test('between its datagram and the disk a packet takes a bounded part of V8’s heap', async () => {
  const child = fork(join(import.meta.dirname, 'allocated-bytes.ts'), {
    execArgv: ['--min-semi-space-size=256', '--max-semi-space-size=256'],
  });
  const [bytes] = (await once(child, 'message')) as [number];
  console.info(`heap that one packet takes: ${bytes.toFixed(0)} bytes`);
  expect(bytes).toBeLessThan(MOST_BYTES);
  expect(bytes).toBeGreaterThan(0);
});
