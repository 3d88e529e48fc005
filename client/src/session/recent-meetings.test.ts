import { expect, test } from 'vitest';
import { ManualClock } from '#service/testing/manual-clock.ts';
import { RecentMeetings } from './recent-meetings.ts';
import { memoryStorage } from './testing/memory-storage.ts';

test('the latest come first, once each, and keep their host key over a reload', () => {
  const storage = memoryStorage();
  const clock = new ManualClock();
  const recent = new RecentMeetings('recent', storage, clock);
  recent.add({ meetingId: 'a', name: 'A', hostKey: 'key' });
  recent.add({ meetingId: 'b', name: 'B' });
  clock.advance(1000);
  recent.add({ meetingId: 'a', name: 'A again' });
  const later = new RecentMeetings('recent', storage, clock);
  expect(later.getSnapshot()).toEqual([
    { meetingId: 'a', name: 'A again', hostKey: 'key', openedAtMs: clock.nowMs() },
    { meetingId: 'b', name: 'B', openedAtMs: clock.nowMs() - 1000 },
  ]);
  later.forgetHostKey('a');
  expect(later.hostKeyOf('a')).toBeUndefined();
  later.remove('a');
  expect(later.getSnapshot().map(({ meetingId }) => meetingId)).toEqual(['b']);
});

test('the list is bounded', () => {
  const recent = new RecentMeetings('recent', memoryStorage(), new ManualClock());
  for (let count = 0; count < 50; count += 1) recent.add({ meetingId: `m${count}`, name: 'M' });
  expect(recent.getSnapshot().length).toBe(12);
  expect(recent.getSnapshot()[0]?.meetingId).toBe('m49');
});

test.each(['not JSON', '{}', '[{"meetingId":1}]', 'null'])(
  'what is not understood (%s) is no list',
  (text) => {
    const storage = memoryStorage({ recent: text });
    expect(new RecentMeetings('recent', storage, new ManualClock()).getSnapshot()).toEqual([]);
  },
);
