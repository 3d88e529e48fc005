import { expect, test } from 'vitest';
import { meetingIdFrom } from './meeting-link.ts';

test.each([
  ['abc-123', 'abc-123'],
  ['  abc_123 ', 'abc_123'],
  ['https://meet.example/m/abc', 'abc'],
  ['https://meet.example:3000/m/abc?x=1#y', 'abc'],
  ['meet.example/m/abc/', 'abc'],
  ['', undefined],
  ['https://meet.example/', undefined],
  ['https://meet.example/m/a%20b', undefined],
  ['two words', undefined],
])('%j names %j', (text, meetingId) => {
  expect(meetingIdFrom(text)).toBe(meetingId);
});
