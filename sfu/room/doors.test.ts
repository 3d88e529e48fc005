import { expect, test } from 'vitest';
import { codeOf, openRoom } from '../fixtures/test-room.ts';

function openGuarded(maxPeople = 10) {
  const open = openRoom(maxPeople);
  open.join('h', 'host');
  open.room.doors.set('waiting-room');
  open.news();
  return open;
}

test('people wait until they are let in, one by one or all', () => {
  const { room, join, news } = openGuarded();
  expect(codeOf(() => join('a'))).toBe('admission-needed');
  expect(news()).toEqual(['h: waitingChanged']);
  expect(codeOf(() => join('a'))).toBe('admission-needed');
  expect(news()).toEqual([]);
  for (const one of ['b', 'c']) expect(codeOf(() => join(one))).toBe('admission-needed');
  expect(room.snapshotFor('h').waiting.map(({ connectionId }) => connectionId)).toEqual(['a', 'b', 'c']);
  news();
  room.doors.admit('b');
  expect(news()).toEqual(['b: admitted', 'h: waitingChanged']);
  join('b');
  expect(room.snapshotFor('b').waiting).toEqual([]);
  news();
  room.doors.admit(undefined);
  expect(news()).toEqual(['a: admitted', 'c: admitted', 'h: waitingChanged']);
  room.doors.admit(undefined);
  expect(news()).toEqual([]);
  expect(codeOf(() => room.doors.admit('a'))).toBe('person-not-found');
});

test('who is refused is sent away, who goes waits no longer', () => {
  const { room, join, news } = openGuarded();
  for (const one of ['a', 'b']) codeOf(() => join(one));
  news();
  room.doors.refuse('a');
  expect(news()).toEqual(['end a refused', 'h: waitingChanged']);
  expect(codeOf(() => room.doors.refuse('a'))).toBe('person-not-found');
  room.doors.forget('b');
  room.doors.forget('b');
  expect(news()).toEqual(['h: waitingChanged']);
});

test('locked is for everybody but owners and those who were in', () => {
  const { room, join } = openRoom();
  join('h', 'host');
  join('a');
  room.doors.set('locked');
  expect(codeOf(() => join('b'))).toBe('meeting-locked');
  room.leave('a', 'left');
  expect(codeOf(() => join('a'))).toBe('ok');
  room.leave('h', 'left');
  expect(codeOf(() => join('h2', 'host'))).toBe('ok');
});

test('opening the doors admits everybody, and is told', () => {
  const { room, join, news } = openGuarded();
  codeOf(() => join('a'));
  news();
  room.doors.set('open');
  room.doors.set('open');
  expect(news()).toEqual(['everyone: admissionChanged', 'a: admitted', 'h: waitingChanged']);
  expect(codeOf(() => join('b'))).toBe('ok');
});

test('the waiting room is bounded', () => {
  const { join } = openGuarded(2);
  expect(codeOf(() => join('a'))).toBe('admission-needed');
  expect(codeOf(() => join('b'))).toBe('admission-needed');
  expect(codeOf(() => join('c'))).toBe('room-full');
});
