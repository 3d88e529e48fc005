import { expect, test } from 'vitest';
import { camera, codeOf, openRoom } from '../testing/test-room.ts';

test('coming, sending and going is told to the others, and is no fact without a recording', () => {
  const { room, join, news } = openRoom();
  join('a');
  room.addProducer('a', camera);
  room.setProducerPaused('a', 'c1', true);
  room.setProducerPaused('a', 'c1', true);
  room.removeProducer('a', 'c1');
  room.removeProducer('a', 'c1');
  room.lost('a');
  room.lost('a');
  join('a');
  room.leave('a', 'left');
  room.leave('a', 'left');
  expect(news()).toEqual([
    'joined: personJoined',
    'joined: producerAdded',
    'joined: producerChanged',
    'joined: producerRemoved',
    'joined: personChanged',
    'joined: personChanged',
    'joined: personLeft',
  ]);
});

test('who may come in', () => {
  const { room, join } = openRoom(2);
  join('h', 'host');
  expect(codeOf(() => join('h', 'host'))).toBe('already-joined');
  join('a');
  expect(codeOf(() => join('b'))).toBe('room-full');
  room.lost('a');
  expect(codeOf(() => join('a'))).toBe('ok');
  room.lost('h');
  expect(codeOf(() => join('g', 'host'))).toBe('ok');
  expect(room.has('h')).toBe(false);
  expect(room.member('g').role).toBe('host');
});

test('a hand is up until it is put down, by its owner or the host', () => {
  const { room, join, news, wait } = openRoom();
  join('a');
  wait(500);
  news();
  room.hands.raise('a', true);
  room.hands.raise('a', true);
  expect(room.member('a').handRaisedAtMs).toBe(1500);
  room.hands.lower('a');
  room.hands.lower('a');
  expect(room.member('a').handRaisedAtMs).toBeUndefined();
  expect(news()).toEqual(['joined: personChanged', 'joined: personChanged']);
  expect(codeOf(() => room.hands.lower('b'))).toBe('person-not-found');
});

test('the host pauses what flows, and the person is told', () => {
  const { room, join, news } = openRoom();
  join('a');
  room.addProducer('a', camera);
  expect(room.flowing('a', 'microphone')).toBeUndefined();
  const producer = room.flowing('a', 'camera');
  expect(producer).toEqual(camera);
  news();
  room.pausedByHost('a', camera);
  expect(news()).toEqual(['joined: producerChanged', 'a: pausedByHost']);
  expect(room.flowing('a', 'camera')).toBeUndefined();
  expect(codeOf(() => room.flowing('b', 'camera'))).toBe('person-not-found');
});

test('who is sent out stays out', () => {
  const { room, join, news } = openRoom();
  join('h', 'host');
  join('a');
  news();
  expect(codeOf(() => room.expel('h', 'h'))).toBe('bad-request');
  expect(codeOf(() => room.expel('x', 'h'))).toBe('person-not-found');
  room.expel('a', 'h');
  room.leave('a', 'left');
  expect(news()).toEqual(['end a removed', 'joined: personLeft']);
  expect(codeOf(() => join('a'))).toBe('removed');
});

test('media that begins anew: nobody sends anything, and the recording has an epoch', () => {
  const { recording, room, join, news } = openRoom();
  join('h', 'host');
  room.addProducer('h', camera);
  recording.start('r', 1000, 'h');
  news();
  room.mediaReplaced();
  expect(news()).toEqual(['fact epoch', 'joined: producerRemoved', 'record h 0']);
});

test('a snapshot holds what a page shows', () => {
  const { recording, room, join, wait } = openRoom();
  join('h', 'host');
  room.say('h', 'before');
  wait(10);
  join('a');
  room.say('h', 'after');
  expect(room.snapshotFor('a')).toMatchObject({
    role: 'participant',
    people: [{ connectionId: 'h', role: 'host' }],
    recording: { status: 'off' },
    admission: 'open',
    waiting: [],
    chat: [{ id: 2, connectionId: 'h', text: 'after' }],
    hostOffered: false,
    meetingName: 'Weekly',
  });
  recording.start('r', 1000, 'h');
  expect(room.snapshotFor('a')).toMatchObject({ consent: 'pending', ownRecording: { state: 'asked' } });
  expect(codeOf(() => room.snapshotFor('x'))).toBe('not-joined');
});

test('quality is told together, and only what has changed', () => {
  const { room, join, events } = openRoom();
  join('a');
  join('b');
  const told = () => {
    room.quality.tell();
    return events.splice(0).map((event) => (event.type === 'notice' ? event.notice.data : event));
  };
  events.splice(0);
  room.quality.set('a', 'good');
  room.quality.set('a', 'poor');
  room.quality.set('b', 'fair');
  room.quality.set('gone', 'fair');
  expect(told()).toEqual([
    {
      people: [
        { connectionId: 'a', quality: 'poor' },
        { connectionId: 'b', quality: 'fair' },
      ],
    },
  ]);
  room.quality.set('a', 'poor');
  expect(told()).toEqual([]);
  expect(room.snapshotFor('b').people[0]).toMatchObject({ quality: 'poor' });
});

test('everybody sees who is audible and who has the floor', () => {
  const { room, join, events, wait } = openRoom();
  join('a');
  join('b');
  events.splice(0);
  const told = () => events.splice(0).map((event) => (event.type === 'notice' ? event.notice.data : event));
  room.heard(['b', 'a']);
  room.heard(['a', 'b']);
  expect(told()).toEqual([{ connectionIds: ['b', 'a'] }]);
  room.floor.dominant('a');
  room.floor.dominant('a');
  expect(told()).toEqual([{ connectionIds: ['b', 'a'], dominant: 'a' }]);
  wait(1000);
  room.heard([]);
  expect(told()).toEqual([{ connectionIds: [], dominant: 'a' }]);
  room.leave('a', 'left');
  room.heard(['b']);
  expect(told().at(-1)).toEqual({ connectionIds: ['b'] });
});

test('a meeting that is renamed is called so from then on, also in its recording', () => {
  const { recording, events, join, room } = openRoom();
  join('h', 'host');
  recording.start('r', 1000, 'h');
  events.length = 0;
  room.rename('Weekly, as held', 'h');
  room.rename('Weekly, as held', 'h');
  expect(events).toEqual([
    {
      type: 'notice',
      audience: { to: 'everyone' },
      notice: { name: 'meetingRenamed', data: { name: 'Weekly, as held' } },
    },
    { type: 'fact', fact: { type: 'renamed', connectionId: 'h', meetingName: 'Weekly, as held' } },
  ]);
  expect(room.snapshotFor('h').meetingName).toBe('Weekly, as held');
});
