import { expect, test } from 'vitest';
import { SfuClock } from './sfu-clock.ts';

test('the quickest exchange counts', () => {
  const clock = new SfuClock();
  expect(clock.offsetMs).toBe(0);
  clock.exchange(1000, 6100, 1200);
  expect(clock.offsetMs).toBe(5000);
  clock.exchange(2000, 7002, 2002);
  expect(clock.offsetMs).toBe(5001);
  clock.exchange(3000, 9000, 3900);
  expect(clock.offsetMs).toBe(5001);
});

test('an old exchange is forgotten, so that a stepped clock is followed', () => {
  const clock = new SfuClock();
  clock.exchange(0, 1000, 1);
  for (let i = 1; i <= 16; i += 1) clock.exchange(i * 500, i * 500 + 2000, i * 500 + 10);
  expect(clock.offsetMs).toBe(1995);
});
