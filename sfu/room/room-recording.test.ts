import { expect, test } from 'vitest';
import { Fault } from '#protocol/errors.ts';
import type { Consent } from '#protocol/people.ts';
import type { FileProgress } from '#protocol/recording-state.ts';
import { camera, codeOf, openRoom } from '../testing/test-room.ts';

test('Record: everybody is a fact, who pressed it has agreed, the others are asked', () => {
  const { recording, room, join, news } = openRoom();
  join('h', 'host');
  join('a');
  room.addProducer('h', camera);
  news();
  recording.start('r', 1000, 'h');
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
  expect(codeOf(() => recording.start('r2', 1000, 'h'))).toBe('recording-on');
});

test('a recorded person: more sources, mute, and leaving', () => {
  const { recording, room, join, news } = openRoom();
  join('h', 'host');
  recording.start('r', 1000, 'h');
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

test('a connection that is lost, and back, is a fact', () => {
  const { recording, room, join, news } = openRoom();
  join('h', 'host');
  join('a');
  room.lost('a');
  news();
  recording.start('r', 1000, 'h');
  room.back('a');
  room.lost('h');
  join('h', 'host');
  expect(news().filter((line) => line.startsWith('fact away'))).toEqual([
    'fact away a true',
    'fact away a false',
    'fact away h true',
    'fact away h false',
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
  [
    'accepted',
    ['withdrawn', true],
    ['fact consent a withdrawn', 'unrecord a withdrawn erase', 'a: consentChanged'],
  ],
  [
    'withdrawn',
    ['withdrawn', true],
    ['fact consent a withdrawn', 'unrecord a withdrawn erase', 'a: consentChanged'],
  ],
  ['withdrawn', ['accepted'], ['fact consent a accepted', 'record a 0']],
];

test.each(answers)('%s, then %j', (before, [answer, erase], after) => {
  const { recording, room, join, news } = openRoom();
  join('a');
  recording.start('r', 1000, 'h');
  if (before !== 'pending') room.recording.answer('a', before, undefined);
  news();
  room.recording.answer('a', answer, erase);
  expect(news()).toEqual(after);
  expect(room.recording.consentOf('a')).toBe(answer);
});

test('answers that make no sense', () => {
  const { recording, room, join } = openRoom();
  join('a');
  expect(codeOf(() => room.recording.answer('a', 'accepted', undefined))).toBe('recording-off');
  recording.start('r', 1000, 'h');
  expect(codeOf(() => room.recording.answer('a', 'accepted', true))).toBe('bad-request');
  expect(codeOf(() => room.recording.answer('b', 'accepted', undefined))).toBe('not-joined');
  recording.stop();
  expect(codeOf(() => room.recording.answer('a', 'accepted', undefined))).toBe('recording-off');
});

test('joining while a recording is on', () => {
  const { recording, room, join, news } = openRoom();
  join('x');
  recording.start('r', 1000, 'h');
  news();
  expect(codeOf(() => join('a'))).toBe('consent-needed');
  expect(room.has('a')).toBe(false);
  expect(news()).toEqual([]);
  join('a', 'participant', 'declined');
  expect(news()).toEqual(['fact joined a', 'joined: personJoined', 'fact consent a declined']);
  join('b', 'participant', 'accepted');
  expect(news()).toEqual(['fact joined b', 'joined: personJoined', 'fact consent b accepted', 'record b 0']);
  expect(codeOf(() => join('h', 'host'))).toBe('consent-needed');
  join('h', 'host', 'pending');
  expect(news()).toEqual(['fact joined h', 'joined: personJoined', 'fact consent h pending']);
});

test('a “yes” outlives a lost socket, not a leaving, another window, or the recording', () => {
  const { recording, room, join, news } = openRoom();
  join('a');
  recording.start('r', 1000, 'h');
  room.recording.answer('a', 'accepted', undefined);
  room.lost('a');
  join('a');
  expect(room.recording.consentOf('a')).toBe('accepted');
  for (const reason of ['left', 'lost'] as const) {
    room.leave('a', reason);
    expect(codeOf(() => join('a'))).toBe('consent-needed');
    news();
    join('a', 'participant', 'accepted');
    expect(news()).toContain('fact consent a accepted');
  }
  room.lost('a');
  room.replaced('a');
  expect(codeOf(() => join('a'))).toBe('consent-needed');
  room.back('a');
  room.lost('a');
  expect(codeOf(() => join('a'))).toBe('ok');
  recording.over();
  expect(room.recording.consentOf('a')).toBeUndefined();
  room.leave('a', 'left');
  recording.start('r2', 1000, 'h');
  expect(codeOf(() => join('a'))).toBe('consent-needed');
});

const fileOf = (state: FileProgress['state'], bytes = 1): FileProgress => ({
  ...{ connectionId: 'h', source: 'camera', state, bytes, durationMs: bytes },
});

test('[LIGHT2] without anything that arrives the light is out, from the start on and whenever that is so', () => {
  const { recording, room, join, news, wait } = openRoom();
  join('h', 'host');
  recording.start('r', 1000, 'h');
  const status = (...files: FileProgress[]) => {
    recording.heartbeat(files);
    return room.recording.state.status;
  };
  expect(status(fileOf('waiting', 0))).toBe('starting');
  expect(status(fileOf('stalled', 0))).toBe('starting');
  wait(3000);
  news();
  expect(status(fileOf('stalled', 0))).toBe('waiting');
  expect(news()).toEqual(['everyone: recordingChanged', 'h: recordingProgress']);
  expect(status(fileOf('stalled', 0))).toBe('waiting');
  expect(news()).toEqual(['h: recordingProgress']);
  expect(status(fileOf('recording'))).toBe('recording');
  expect(status(fileOf('stalled'))).toBe('waiting');
  expect(status(fileOf('failed'))).toBe('waiting');
  expect(status(fileOf('stalled'), fileOf('recording'))).toBe('recording');
  // Everybody has withdrawn, or left.
  expect(status()).toBe('waiting');
  recording.recorderLost();
  expect(room.recording.state.status).toBe('lost');
  expect(status()).toBe('waiting');
  recording.recorderLost();
  expect(status(fileOf('recording'))).toBe('recording');
  recording.stop();
  expect(status(fileOf('stalled'))).toBe('stopping');
});

test('the states of a recording', () => {
  const { recording, room, join, news, wait } = openRoom();
  join('h', 'host');
  const onDisk = [fileOf('recording')];
  recording.heartbeat(onDisk);
  expect(room.recording.state).toEqual({ status: 'off' });
  recording.start('r', 1000, 'h');
  recording.heartbeat([]);
  expect(room.recording.state).toEqual({ status: 'starting', recordingId: 'r' });
  wait(250);
  news();
  recording.heartbeat(onDisk);
  expect(room.recording.state).toEqual({ status: 'recording', recordingId: 'r', elapsedMs: 250 });
  expect(news()).toEqual(['everyone: recordingChanged', 'h: recordingProgress']);
  recording.recorderLost();
  recording.recorderLost();
  expect(room.recording.state).toEqual({ status: 'lost', recordingId: 'r' });
  expect(news()).toEqual(['everyone: recordingChanged', 'h: recordingProgress']);
  recording.heartbeat(onDisk);
  expect(room.recording.state.status).toBe('recording');
  recording.stop();
  recording.heartbeat(onDisk);
  expect(room.recording.state).toEqual({ status: 'stopping', recordingId: 'r' });
  expect(codeOf(() => recording.stop())).toBe('recording-off');
  news();
  recording.recorderLost();
  recording.over(new Fault('recorder-full').toBody());
  recording.over();
  expect(news()).toEqual(['everyone: recordingChanged', 'joined: consentChanged', 'joined: problem']);
});

test('who is not recorded is not in the timeline of speakers', () => {
  const { recording, room, join, news } = openRoom();
  join('h', 'host');
  join('a');
  room.heard(['a', 'h']);
  expect(news()).not.toContain('fact speakers h');
  recording.start('r', 1000, 'h');
  news();
  room.heard(['a', 'h']);
  expect(news()).toEqual(['fact speakers h']);
  recording.over();
  recording.start('r2', 1000, 'h');
  news();
  room.heard(['h']);
  expect(news()).toEqual(['fact speakers h']);
});

test('everybody knows how they are recorded, and is told when it changes', () => {
  const { recording, room, join, events } = openRoom();
  join('h', 'host');
  join('a');
  const told = () =>
    events.splice(0).flatMap((event) => {
      if (event.type !== 'notice' || event.notice.name !== 'ownRecordingChanged') return [];
      const whom = 'connectionId' in event.audience ? event.audience.connectionId : event.audience.to;
      const { problem, state } = event.notice.data.ownRecording ?? {};
      return [[whom, state, problem].filter(Boolean).join(' ')];
    });
  recording.start('r', 1000, 'h');
  expect(told()).toEqual(['h waiting', 'a asked']);
  const file = { connectionId: 'a', source: 'camera' as const, bytes: 1, durationMs: 1 };
  room.recording.answer('a', 'accepted', undefined);
  recording.heartbeat([{ ...file, state: 'recording' }]);
  recording.heartbeat([{ ...file, state: 'recording', bytes: 2 }]);
  expect(told()).toEqual(['a waiting', 'a recording']);
  room.recording.problem('h', 'recorder-full');
  room.recording.problem('a', 'stream-unsupported');
  expect(told()).toEqual(['h failed recorder-full', 'a recording stream-unsupported']);
  room.recording.problem('h', undefined);
  room.recording.problem('h', undefined);
  expect(told()).toEqual(['h waiting']);
  recording.recorderLost();
  expect(told()).toEqual(['a stalled stream-unsupported']);
  room.recording.answer('a', 'withdrawn', true);
  expect(told()).toEqual(['a declined']);
  recording.over();
  expect(told()).toEqual(['joined']);
  expect(room.recording.own('a')).toBeUndefined();
});
