import { expect, test } from 'vitest';
import { IntervalLog } from './take-log.ts';

test('an interval runs from the first opening to the closing; one still open ends now', () => {
  const log = new IntervalLog();
  log.open(10);
  log.open(15);
  log.close(20);
  log.close(25);
  log.open(30);
  expect(log.until(40)).toEqual([
    { fromMs: 10, toMs: 20 },
    { fromMs: 30, toMs: 40 },
  ]);
  expect(log.until(30)).toEqual([{ fromMs: 10, toMs: 20 }]);
});
