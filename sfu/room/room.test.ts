import { expect, test } from 'vitest';
import { Fault } from '../../protocol/errors.ts';
import type { Consent, Role } from '../../protocol/people.ts';
import { Room } from './room.ts';
import type { RoomEvent } from './room-event.ts';

function openRoom(maxPeople = 10) {
  const events: RoomEvent[] = [];
  let nowMs = 1000;
  const room = new Room({ maxPeople, nowMs: () => nowMs, emit: (event) => events.push(event) });
  return {
    room,
    events,
    join: (connectionId: string, role: Role = 'participant', consent?: 'accepted' | 'declined') =>
      room.join({ connectionId, name: connectionId, role }, consent),
    wait: (byMs: number) => {
      nowMs += byMs;
    },
    /** What has followed since the last call, in short. */
    news: () => events.splice(0).map(inShort),
  };
}

function inShort(event: RoomEvent): string {
  if (event.type === 'record') return `record ${event.connectionId} ${event.producers.length}`;
  if (event.type === 'unrecord') {
    return `unrecord ${event.connectionId} ${event.reason}${event.erase ? ' erase' : ''}`;
  }
  if (event.type === 'fact') {
    const { fact } = event;
    const what = 'consent' in fact ? fact.consent : 'connectionIds' in fact ? fact.connectionIds.join() : '';
    return ['fact', fact.type, 'connectionId' in fact ? fact.connectionId : '', what]
      .filter(Boolean)
      .join(' ');
  }
  const { audience, notice } = event;
  const whom = audience.to === 'one' ? audience.connectionId : audience.to;
  return `${whom}: ${notice.name}`;
}

function codeOf(attempt: () => void): string {
  try {
    attempt();
    return 'ok';
  } catch (cause) {
    return Fault.from(cause).code;
  }
}

const camera = { producerId: 'c1', source: 'camera' as const, paused: false };

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
  expect(codeOf(() => join('g', 'host'))).toBe('host-present');
  join('a');
  expect(codeOf(() => join('b'))).toBe('room-full');
  room.lost('a');
  expect(codeOf(() => join('a'))).toBe('ok');
  room.lost('h');
  expect(codeOf(() => join('g', 'host'))).toBe('ok');
  expect(room.has('h')).toBe(false);
});

test('Record: everybody is a fact, the host has agreed, the others are asked', () => {
  const { room, join, news } = openRoom();
  join('h', 'host');
  join('a');
  room.addProducer('h', camera);
  news();
  room.startRecording('r', 1000);
  expect(news()).toEqual([
    'everyone: recordingChanged',
    'fact joined h',
    'fact joined a',
    'fact consent h accepted',
    'record h 1',
    'h: consentChanged',
    'fact consent a pending',
    'a: consentChanged',
  ]);
  expect(codeOf(() => room.startRecording('r2', 1000))).toBe('recording-on');
});

test('a recorded person: more sources, mute, and leaving', () => {
  const { room, join, news } = openRoom();
  join('h', 'host');
  room.startRecording('r', 1000);
  news();
  room.addProducer('h', camera);
  room.setProducerPaused('h', 'c1', true);
  room.leave('h', 'lost');
  expect(news()).toEqual([
    'joined: producerAdded',
    'record h 1',
    'joined: producerChanged',
    'fact paused h',
    'record h 1',
    'joined: personLeft',
    'fact left h',
    'unrecord h lost',
  ]);
});

type Answer = ['accepted' | 'declined' | 'withdrawn', erase?: boolean];
/** From each state of consent, what an answer brings about. */
const answers: [before: Consent, answer: Answer, after: string[]][] = [
  ['pending', ['accepted'], ['fact consent a accepted', 'record a 0']],
  ['pending', ['declined'], ['fact consent a declined']],
  ['pending', ['withdrawn'], ['fact consent a withdrawn']],
  ['declined', ['accepted'], ['fact consent a accepted', 'record a 0']],
  ['accepted', ['accepted'], ['record a 0']],
  ['accepted', ['declined'], ['fact consent a declined', 'unrecord a withdrawn']],
  ['accepted', ['withdrawn'], ['fact consent a withdrawn', 'unrecord a withdrawn']],
  ['accepted', ['withdrawn', true], ['fact consent a withdrawn', 'unrecord a withdrawn erase']],
  ['withdrawn', ['withdrawn', true], ['fact consent a withdrawn', 'unrecord a withdrawn erase']],
  ['withdrawn', ['accepted'], ['fact consent a accepted', 'record a 0']],
];

test.each(answers)('%s, then %j', (before, [answer, erase], after) => {
  const { room, join, news } = openRoom();
  join('a');
  room.startRecording('r', 1000);
  if (before !== 'pending') room.answerConsent('a', before, undefined);
  news();
  room.answerConsent('a', answer, erase);
  expect(news()).toEqual(after);
  expect(room.consentOf('a')).toBe(answer);
});

test('answers that make no sense', () => {
  const { room, join } = openRoom();
  join('a');
  expect(codeOf(() => room.answerConsent('a', 'accepted', undefined))).toBe('recording-off');
  room.startRecording('r', 1000);
  expect(codeOf(() => room.answerConsent('a', 'accepted', true))).toBe('bad-request');
  expect(codeOf(() => room.answerConsent('b', 'accepted', undefined))).toBe('not-joined');
  room.stopRecording();
  expect(codeOf(() => room.answerConsent('a', 'accepted', undefined))).toBe('recording-off');
});

test('joining while a recording is on', () => {
  const { room, join, news } = openRoom();
  join('x');
  room.startRecording('r', 1000);
  news();
  expect(codeOf(() => join('a'))).toBe('consent-needed');
  expect(room.has('a')).toBe(false);
  expect(news()).toEqual([]);
  join('a', 'participant', 'declined');
  expect(news()).toEqual(['fact joined a', 'joined: personJoined', 'fact consent a declined']);
  join('b', 'participant', 'accepted');
  expect(news()).toEqual(['fact joined b', 'joined: personJoined', 'fact consent b accepted', 'record b 0']);
  join('h', 'host');
  expect(news()).toEqual(['fact joined h', 'joined: personJoined', 'fact consent h accepted', 'record h 0']);
});

test('an answer outlives a lost socket, a leaving, but not the recording', () => {
  const { room, join, news } = openRoom();
  join('a');
  room.startRecording('r', 1000);
  room.answerConsent('a', 'accepted', undefined);
  room.lost('a');
  join('a');
  room.leave('a', 'left');
  news();
  join('a');
  expect(room.consentOf('a')).toBe('accepted');
  expect(news()).toContain('record a 0');
  room.recordingOver();
  expect(room.consentOf('a')).toBeUndefined();
  room.leave('a', 'left');
  room.startRecording('r2', 1000);
  expect(codeOf(() => join('a'))).toBe('consent-needed');
});

test('the states of a recording', () => {
  const { room, join, news, wait } = openRoom();
  join('h', 'host');
  const onDisk = [
    { connectionId: 'h', source: 'camera' as const, state: 'recording' as const, bytes: 1, durationMs: 1 },
  ];
  room.heartbeat(onDisk);
  expect(room.recording).toEqual({ status: 'off' });
  room.startRecording('r', 1000);
  room.heartbeat([]);
  expect(room.recording).toEqual({ status: 'starting', recordingId: 'r' });
  wait(250);
  news();
  room.heartbeat(onDisk);
  expect(room.recording).toEqual({ status: 'recording', recordingId: 'r', elapsedMs: 250 });
  expect(news()).toEqual(['everyone: recordingChanged', 'h: recordingProgress']);
  room.recorderLost();
  room.recorderLost();
  expect(room.recording).toEqual({ status: 'lost', recordingId: 'r' });
  expect(news()).toEqual(['everyone: recordingChanged']);
  room.heartbeat(onDisk);
  expect(room.recording.status).toBe('recording');
  room.stopRecording();
  room.heartbeat(onDisk);
  room.recorderLost();
  expect(room.recording).toEqual({ status: 'stopping', recordingId: 'r' });
  expect(codeOf(() => room.stopRecording())).toBe('recording-off');
  news();
  room.recordingOver(new Fault('recorder-lost').toBody());
  room.recordingOver();
  expect(news()).toEqual(['everyone: recordingChanged', 'joined: consentChanged', 'joined: problem']);
});

test('who is not recorded is not in the timeline of speakers', () => {
  const { room, join, news } = openRoom();
  join('h', 'host');
  join('a');
  room.heard(['a', 'h']);
  expect(news()).not.toContain('fact speakers h');
  room.startRecording('r', 1000);
  news();
  room.heard(['a', 'h']);
  expect(news()).toEqual(['fact speakers h']);
  room.recordingOver();
  room.startRecording('r2', 1000);
  news();
  room.heard(['h']);
  expect(news()).toEqual(['fact speakers h']);
});
