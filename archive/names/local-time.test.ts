import { expect, test } from 'vitest';
import { LocalTime } from './local-time.ts';

test.each([
  ['UTC', '2026-11-22T00:00:05.999Z', '2026-11-22 00-00-05'],
  ['Asia/Shanghai', '2026-11-21T17:30:00Z', '2026-11-22 01-30-00'],
  ['America/Los_Angeles', '2026-11-22T05:00:00Z', '2026-11-21 21-00-00'],
  ['Asia/Kathmandu', '2026-12-31T18:15:00Z', '2027-01-01 00-00-00'],
  ['Europe/Berlin', '2026-07-01T10:00:00Z', '2026-07-01 12-00-00'],
])('%s at %s is %s', (zone, instant, local) => {
  expect(new LocalTime(zone).of(Date.parse(instant))).toBe(local);
});

test('without a zone it is the one of the machine, and no instant is too far', () => {
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  expect(new LocalTime().of(0)).toBe(new LocalTime(own).of(0));
  expect(() => new LocalTime('Europe/Bonn')).toThrow(RangeError);
  for (const far of [-1e300, Number.MAX_SAFE_INTEGER, Number.MAX_VALUE]) {
    expect(new LocalTime('UTC').of(far)).toMatch(/^\d{4}-\d\d-\d\d \d\d-\d\d-\d\d$/);
  }
});
