import { beforeEach, expect, test } from 'vitest';
import { EMPTY_ROOM } from '../meeting/room-state.ts';
import { exchanged, longestSilent, orderAfter, Stage } from './stage.ts';

let stage: Stage;

const meetingOf = (ids: readonly string[], dominant?: string) => ({
  people: ids.map((connectionId) => ({
    connectionId,
    name: connectionId,
    role: 'participant' as const,
    connected: true,
    producers: [],
  })),
  room: { ...EMPTY_ROOM, dominant },
});
const order = () => stage.getSnapshot().order;

beforeEach(() => {
  stage = new Stage();
  stage.take(meetingOf(['a', 'b', 'c', 'd']));
  stage.shows(['a', 'b'], { page: 0, pages: 2 });
});

test('a speaker on another page takes the place of somebody silent on the open one', () => {
  stage.take(meetingOf(['a', 'b', 'c', 'd'], 'd'));
  expect(order()).toEqual(['a', 'd', 'c', 'b']);
});

test('a speaker who is seen already moves nobody, and neither does one’s own voice', () => {
  const before = order();
  stage.take(meetingOf(['a', 'b', 'c', 'd'], 'b'));
  stage.take(meetingOf(['a', 'b', 'c', 'd'], 'me'));
  expect(order()).toBe(before);
});

test('who spoke lately is not the one who makes room', () => {
  stage.take(meetingOf(['a', 'b', 'c', 'd'], 'b'));
  stage.take(meetingOf(['a', 'b', 'c', 'd'], 'c'));
  expect(order()).toEqual(['c', 'b', 'a', 'd']);
});

test('a page turned by hand stays, though the speaker is on the other one', () => {
  stage.take(meetingOf(['a', 'b', 'c', 'd'], 'a'));
  stage.turnBy(1);
  stage.shows(['c', 'd'], { page: 1, pages: 2 });
  const before = order();
  stage.take(meetingOf(['a', 'b', 'c', 'd'], 'a'));
  expect(order()).toBe(before);
});

test('the pin goes with the person, and not with somebody else', () => {
  stage.pin('c/screen');
  stage.take(meetingOf(['a', 'b', 'c']));
  expect(stage.getSnapshot().pinned).toBe('c/screen');
  stage.take(meetingOf(['a', 'b']));
  expect(stage.getSnapshot().pinned).toBeUndefined();
});

test('who is pinned keeps their place', () => {
  stage.pin('b');
  stage.take(meetingOf(['a', 'b', 'c', 'd'], 'd'));
  expect(order()).toEqual(['d', 'b', 'c', 'a']);
});

test('pages end where they end', () => {
  stage.turnBy(-1);
  expect(stage.getSnapshot().page).toBe(0);
  stage.turnBy(1);
  stage.shows(['c', 'd'], { page: 1, pages: 2 });
  stage.turnBy(1);
  expect(stage.getSnapshot().page).toBe(1);
});

test('who was there keeps their place, who comes is last, who goes leaves no hole', () => {
  expect(orderAfter(['b', 'a'], ['a', 'b', 'c'])).toEqual(['b', 'a', 'c']);
  expect(orderAfter(['b', 'a', 'c'], ['a', 'c'])).toEqual(['a', 'c']);
});

test('nothing changes while the same people are there, whatever the order in which they are told', () => {
  const order = ['b', 'a'];
  expect(orderAfter(order, ['a', 'b'])).toBe(order);
});

test('two change places, and nobody else moves', () => {
  expect(exchanged(['a', 'b', 'c', 'd'], 'd', 'b')).toEqual(['a', 'd', 'c', 'b']);
});

test('the place of the last one who never spoke is given away first, then that of the longest silent', () => {
  expect(longestSilent(['a', 'b', 'c'], ['a'])).toBe('c');
  expect(longestSilent(['a', 'b', 'c'], ['b', 'c', 'a'])).toBe('a');
  expect(longestSilent([], ['a'])).toBeUndefined();
});
