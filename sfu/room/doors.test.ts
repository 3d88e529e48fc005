import { expect, test } from 'vitest';
import { codeOf, openRoom } from '../testing/test-room.ts';
import { marksOf } from './marks.ts';

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

test('who is sent out is out with every window, and does not come in with another token of the same browser', () => {
  const { room, join, news } = openRoom();
  join('h', 'host');
  join('mallory', 'participant', undefined, 'hers');
  join('other-window', 'participant', undefined, 'hers');
  join('a');
  news();
  room.expel('mallory', 'h');
  expect(news()).toEqual(['end mallory removed', 'end other-window removed']);
  room.leave('mallory', 'left');
  room.leave('other-window', 'left');
  expect(codeOf(() => join('mallory', 'participant', undefined, 'another browser'))).toBe('removed');
  expect(codeOf(() => join('new-token', 'participant', undefined, 'hers'))).toBe('removed');
  expect(codeOf(() => join('b'))).toBe('ok');
  // An owner, who hands the role over and is sent out by its new holder, still has the meeting's key.
  expect(codeOf(() => join('owner', 'host', undefined, 'hers'))).toBe('ok');
});

test('a host who sends out their own other window stays', () => {
  const { room, join, news } = openRoom();
  join('h', 'host', undefined, 'mine');
  join('guest', 'participant', undefined, 'mine');
  news();
  room.expel('guest', 'h');
  expect(news()).toEqual(['end guest removed']);
  room.leave('guest', 'left');
  expect(codeOf(() => join('guest', 'participant', undefined, 'mine'))).toBe('removed');
  expect(codeOf(() => join('guest-2', 'participant', undefined, 'mine'))).toBe('ok');
});

test('a subject that the token names is known again in every browser', () => {
  const { room } = openRoom();
  const come = (connectionId: string, key: string | undefined, subject: string | undefined) => {
    const marks = marksOf('m', { key, subject });
    room.join({ connectionId, name: connectionId, tokenRole: 'participant', marks });
  };
  come('h', undefined, undefined);
  come('a', 'one', 'somebody');
  room.expel('a', 'h');
  room.leave('a', 'left');
  expect(codeOf(() => come('a-2', 'two', 'somebody'))).toBe('removed');
  expect(codeOf(() => come('a-3', 'one', undefined))).toBe('removed');
  expect(codeOf(() => come('b', 'three', 'somebody else'))).toBe('ok');
});

test('a room begins with the doors that were left', () => {
  const { room, join } = openRoom();
  join('h', 'host');
  join('a');
  join('mallory');
  expect(room.doors.memory(10)).toBeUndefined();
  room.expel('mallory', 'h');
  room.leave('mallory', 'left');
  room.doors.set('locked');
  const again = openRoom(10, room.doors.memory(10));
  expect(again.room.doors.admission).toBe('locked');
  expect(codeOf(() => again.join('b'))).toBe('meeting-locked');
  expect(codeOf(() => again.join('mallory'))).toBe('removed');
  // With a new token in the same browser, as after a reload.
  expect(codeOf(() => again.join('a-2', 'participant', undefined, 'a'))).toBe('ok');
  again.room.doors.set('open');
  expect(codeOf(() => again.join('mallory-2', 'participant', undefined, 'mallory'))).toBe('removed');
});

test('what a server process before knew is taken up, and who slipped in meanwhile goes', () => {
  const { room, join, news } = openRoom();
  join('h', 'host');
  join('mallory');
  news();
  room.doors.takeUp({ admission: 'locked', admitted: ['a'], removed: ['mallory'] });
  expect(news()).toEqual(['everyone: admissionChanged', 'end mallory removed']);
  expect(codeOf(() => join('b'))).toBe('meeting-locked');
  expect(codeOf(() => join('a'))).toBe('ok');
});

test('who comes in over and over, in a locked meeting and before, pushes nobody out of those who may come back', () => {
  const { room, join } = openRoom();
  join('h', 'host');
  join('bob');
  const come = (count: number, key: string, network?: string) => {
    const marks = marksOf('m', { key, subject: 'mallory' });
    room.join({ connectionId: `m-${count}`, name: 'M', tokenRole: 'participant', marks, network });
    room.leave(`m-${count}`, 'left');
  };
  // In one browser; then in as many as they like, for one subject.
  for (let count = 0; count < 5100; count += 1) come(count, 'one browser');
  room.doors.set('locked');
  for (let count = 0; count < 5100; count += 1) come(count, `browser ${count}`);
  room.leave('bob', 'left');
  expect(codeOf(() => join('bob-2', 'participant', undefined, 'bob'))).toBe('ok');
  const again = openRoom(10, room.doors.memory(10));
  expect(codeOf(() => again.join('bob-3', 'participant', undefined, 'bob'))).toBe('ok');
});

test('somebody who is known by a mark needs no entry of their connection', () => {
  const { room, join } = openRoom();
  join('h', 'host');
  join('a');
  room.doors.set('locked');
  for (let window = 0; window < 5; window += 1)
    expect(codeOf(() => join(`a-${window}`, 'participant', undefined, 'a'))).toBe('ok');
  expect(room.doors.memory(100)?.admitted).toHaveLength(2);
});
