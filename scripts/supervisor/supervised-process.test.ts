import { expect, test } from 'vitest';
import { silentLog } from '#service/log.ts';
import { ManualClock } from '#service/testing/manual-clock.ts';
import type { RunEvents } from './launch.ts';
import { SupervisedProcess } from './supervised-process.ts';

function open() {
  const clock = new ManualClock();
  const runs: (RunEvents & { asked: string[] })[] = [];
  const supervised = new SupervisedProcess({
    name: 'sfu',
    clock,
    log: silentLog,
    launch: (events) => {
      const asked: string[] = [];
      runs.push({ ...events, asked });
      return { stop: () => asked.push('stop'), kill: () => asked.push('kill') };
    },
  });
  const run = (index: number) => {
    const found = runs[index];
    if (!found) throw new Error(`There was no run ${index}.`);
    return found;
  };
  return { clock, runs, run, supervised };
}

const died = { code: 1, signal: undefined };

test('start resolves with what the process says when it serves', async () => {
  const { supervised, run } = open();
  const started = supervised.start();
  run(0).onReady({ type: 'ready', adminPassword: 'x' });
  expect(await started).toEqual({ type: 'ready', adminPassword: 'x' });
  expect(supervised.state).toBe('serving');
});

test('a process that ends before it serves is not started again', async () => {
  const { supervised, run, runs, clock } = open();
  const started = supervised.start();
  run(0).onExit(died);
  await expect(started).rejects.toThrow('The sfu could not start (status 1)');
  clock.advance(600_000);
  expect([runs.length, supervised.state, clock.pending]).toEqual([1, 'stopped', 0]);
});

test('a process that never says that it serves is killed', () => {
  const { supervised, run, clock } = open();
  void supervised.start();
  clock.advance(60_000);
  expect(run(0).asked).toEqual(['kill']);
});

test('a death is answered at once, the next one after a wait', () => {
  const { supervised, run, runs, clock } = open();
  void supervised.start();
  run(0).onReady({ type: 'ready' });
  run(0).onExit({ code: undefined, signal: 'SIGKILL' });
  expect(runs.length).toBe(2);
  run(1).onExit(died);
  expect([runs.length, supervised.state]).toEqual([2, 'waiting']);
  clock.advance(500);
  expect(runs.length).toBe(3);
});

test('stop asks, and kills at the deadline; nothing is started afterwards', async () => {
  const { supervised, run, runs, clock } = open();
  void supervised.start();
  run(0).onReady({ type: 'ready' });
  const stopped = supervised.stop(5000);
  expect(run(0).asked).toEqual(['stop']);
  clock.advance(5000);
  expect(run(0).asked).toEqual(['stop', 'kill']);
  run(0).onExit({ code: undefined, signal: 'SIGKILL' });
  await stopped;
  expect([runs.length, supervised.state, clock.pending]).toEqual([1, 'stopped', 0]);
});

test('stop during the wait for a restart ends at once', async () => {
  const { supervised, run, clock } = open();
  void supervised.start();
  run(0).onReady({ type: 'ready' });
  run(0).onExit(died);
  run(1).onExit(died);
  await supervised.stop(5000);
  expect([supervised.state, clock.pending]).toEqual(['stopped', 0]);
});
