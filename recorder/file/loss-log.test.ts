import { expect, test } from 'vitest';
import { LossLog, MAX_LOSSES } from './loss-log.ts';

function loss(fromMs: number, packets = 1) {
  return { kind: 'video', hop: 'uplink', packets, fromMs, toMs: fromMs + 100 } as const;
}

test('losses close to each other are one, those of another kind or hop are not', () => {
  const log = new LossLog();
  log.note(loss(1000, 2));
  log.note({ ...loss(1050), kind: 'audio' });
  log.note({ ...loss(1060), hop: 'last' });
  log.note(loss(1900, 3));
  log.note(loss(9000));
  expect(log.since(1000)).toEqual([
    { kind: 'video', hop: 'uplink', packets: 5, fromMs: 0, toMs: 1000 },
    { kind: 'audio', hop: 'uplink', packets: 1, fromMs: 50, toMs: 150 },
    { kind: 'video', hop: 'last', packets: 1, fromMs: 60, toMs: 160 },
    { kind: 'video', hop: 'uplink', packets: 1, fromMs: 8000, toMs: 8100 },
  ]);
});

test('the list is bounded, and no packet is forgotten', () => {
  const log = new LossLog();
  for (let i = 0; i < 2 * MAX_LOSSES; i += 1) log.note(loss(i * 5000));
  const told = log.since(0);
  expect(told).toHaveLength(MAX_LOSSES);
  expect(told.reduce((sum, { packets }) => sum + packets, 0)).toBe(2 * MAX_LOSSES);
});
