import { expect, test } from 'vitest';
import type { KeptDoors } from '#protocol/recorder.ts';
import { ManualClock } from '#service/testing/manual-clock.ts';
import { DoorsOfEmptyMeetings, KEEP_DOORS_MS } from './doors-of-empty-meetings.ts';

const locked: KeptDoors = { admission: 'locked', admitted: ['a'], removed: ['b'] };
const left = (memory: KeptDoors | undefined) => ({ memory: () => memory });

test('doors are kept until the meeting opens again, for a day at most', () => {
  const clock = new ManualClock();
  const doors = new DoorsOfEmptyMeetings(clock);
  doors.keep('weekly', left(locked));
  expect(doors.take('daily')).toBeUndefined();
  expect(doors.take('weekly')).toEqual(locked);
  expect(doors.take('weekly')).toBeUndefined();
  doors.keep('weekly', left(locked));
  doors.keep('weekly', left(undefined));
  expect(doors.take('weekly')).toBeUndefined();
  doors.keep('weekly', left(locked));
  clock.advance(KEEP_DOORS_MS);
  expect(doors.take('weekly')).toBeUndefined();
});

test('of too many the one that has been empty longest is forgotten', () => {
  const doors = new DoorsOfEmptyMeetings(new ManualClock(), 6);
  doors.keep('first', left(locked));
  doors.keep('second', left(locked));
  doors.keep('third', left(locked));
  expect(doors.take('first')).toBeUndefined();
  expect(doors.take('second')).toEqual(locked);
  doors.keep('fourth', left(locked));
  expect(doors.take('third')).toEqual(locked);
});
