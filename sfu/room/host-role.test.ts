import { expect, test } from 'vitest';
import { codeOf, openRoom } from '../testing/test-room.ts';

/** The room of a host who has just left for good, with a, b and c in it in this order. */
function openHostless() {
  const open = openRoom();
  open.join('h', 'host');
  for (const one of ['a', 'b', 'c']) open.join(one);
  open.news();
  open.room.leave('h', 'left');
  expect(open.news()).toEqual(['joined: personLeft', 'a: hostOffered', 'offer 1']);
  return open;
}

test('the role goes to whoever has been there longest, if they want it', () => {
  const { room, news } = openHostless();
  expect(room.hosts.isOfferedTo('a')).toBe(true);
  expect(codeOf(() => room.hosts.answer('b', true))).toBe('no-host-offer');
  room.hosts.answer('a', true);
  expect(news()).toEqual(['joined: personChanged', 'a: hostOfferOver', 'a: waitingChanged']);
  expect(room.member('a').role).toBe('host');
  expect(codeOf(() => room.hosts.answer('a', true))).toBe('no-host-offer');
  room.hosts.expired(1);
  expect(news()).toEqual([]);
});

test('a declined offer, an unanswered one and one to somebody who is lost go on to the next', () => {
  const { room, join, news } = openHostless();
  room.hosts.answer('a', false);
  expect(news()).toEqual(['b: hostOffered', 'offer 2']);
  room.hosts.expired(1);
  expect(news()).toEqual([]);
  room.hosts.expired(2);
  expect(news()).toEqual(['b: hostOfferOver', 'c: hostOffered', 'offer 3']);
  room.lost('c');
  expect(news()).toEqual(['joined: personChanged']);
  room.back('c');
  expect(news()).toEqual(['joined: personChanged', 'c: hostOffered', 'offer 4']);
  room.leave('c', 'left');
  expect(news()).toEqual(['joined: personLeft']);
  join('d');
  expect(news()).toEqual(['joined: personJoined', 'd: hostOffered', 'offer 5']);
});

test('an owner who is back has the role again', () => {
  const { room, join, news } = openHostless();
  join('h', 'host');
  expect(room.member('h').role).toBe('host');
  expect(news()).toEqual(['joined: personJoined', 'a: hostOfferOver']);
});

test('a host hands over, and an owner takes back; each is a fact', () => {
  const { recording, room, join, news } = openRoom();
  join('h', 'host');
  join('a');
  recording.start('r', 1000, 'h');
  news();
  expect(codeOf(() => room.hosts.handOver('x'))).toBe('person-not-found');
  room.lost('a');
  expect(codeOf(() => room.hosts.handOver('a'))).toBe('person-not-found');
  room.back('a');
  news();
  room.hosts.handOver('a');
  expect(news()).toEqual([
    'fact role h',
    'joined: personChanged',
    'fact role a',
    'joined: personChanged',
    'a: waitingChanged',
  ]);
  expect([room.member('h').role, room.member('a').role]).toEqual(['participant', 'host']);
  room.hosts.reclaim('h');
  expect([room.member('h').role, room.member('a').role]).toEqual(['host', 'participant']);
});

test('a second owner is a participant; a meeting that has had no host yet offers the role to nobody', () => {
  const { room, join, news } = openRoom();
  join('a');
  join('b');
  room.leave('a', 'left');
  expect(news()).not.toContain('b: hostOffered');
  join('h', 'host');
  join('g', 'host');
  expect([room.member('h').role, room.member('g').role]).toEqual(['host', 'participant']);
});

test('an owner does not put out somebody else who was given the role and is lost', () => {
  const { room, join } = openRoom();
  join('h', 'host');
  join('a');
  room.hosts.handOver('a');
  room.leave('h', 'left');
  room.lost('a');
  join('h', 'host');
  expect(room.has('a')).toBe(true);
  expect([room.member('h').role, room.member('a').role]).toEqual(['participant', 'host']);
});
