import { expect, test } from 'vitest';
import { PROTOCOL_VERSION } from '#protocol/version.ts';
import { GRACE_MS } from './meeting/meeting-context.ts';
import { connect, makeToken, TestParticipant } from './testing/test-participant.ts';
import { TestRecorder } from './testing/test-recorder.ts';
import { openTestSfu, type TestSfu } from './testing/test-sfu.ts';
import { until } from './testing/until.ts';

const host = { role: 'host', name: 'Hanna', connectionId: 'hanna' } as const;
const pats = { meeting: 'm1', role: 'participant', name: 'Pat', connectionId: 'pat' };

async function openMeeting(): Promise<{ sfu: TestSfu; hanna: TestParticipant; pat: TestParticipant }> {
  const sfu = await openTestSfu();
  return { sfu, hanna: await TestParticipant.join(sfu, host), pat: await TestParticipant.join(sfu) };
}

const isMissed = (by: TestParticipant) =>
  until('the loss is told', () => by.heard('personChanged').at(-1)?.person.connected === false);

test('a session comes back over another socket with all its media, and hears what it missed', async () => {
  const { hanna, pat, sfu } = await openMeeting();
  const camera = await pat.send('camera');
  const { transport } = await pat.ask('createTransport', { direction: 'receive' });
  const shown = await hanna.send('camera');
  const { consumerId } = await pat.ask('consume', { producerId: shown });
  await pat.ask('resumeConsumer', { consumerId });
  await pat.lose();
  await isMissed(hanna);
  await hanna.ask('sendChat', { text: 'are you there?' });
  await hanna.ask('closeProducer', { producerId: shown });

  const back = await TestParticipant.open(sfu);
  const snapshot = await back.ask('resume', { ticket: pat.ticket });
  expect(snapshot.ticket).toBe(pat.ticket);
  expect(snapshot.people).toMatchObject([{ connectionId: 'hanna', producers: [] }]);
  expect(snapshot.chat).toMatchObject([{ text: 'are you there?', connectionId: 'hanna' }]);
  expect(snapshot.media.producers).toEqual([
    { producerId: camera, source: 'camera', paused: false, codec: 'h264' },
  ]);
  expect(snapshot.media.transports).toContainEqual({ transportId: transport.id, direction: 'receive' });
  expect(snapshot.media.consumers).toEqual([]);
  await until('pat is seen again', () => hanna.heard('personChanged').at(-1)?.person.connected === true);
  expect(hanna.heard('producerRemoved')).toEqual([]);

  const { iceParameters } = await back.ask('restartIce', { transportId: transport.id });
  expect(iceParameters.usernameFragment).not.toBe(transport.iceParameters.usernameFragment);
  await back.ask('setProducerPaused', { producerId: camera, paused: true });
  await until('pat is heard', () => hanna.heard('producerChanged').at(-1)?.producer.paused === true);
  sfu.clock.advance(2 * GRACE_MS);
  await hanna.ask('hello', {});
  expect(hanna.heard('personLeft')).toEqual([]);
});

test('a recording neither stops nor begins anew while its person is away', async () => {
  const { hanna, pat, sfu } = await openMeeting();
  const recorder = await TestRecorder.connect(sfu);
  await hanna.ask('startRecording', {});
  await pat.send('camera');
  await pat.ask('answerConsent', { answer: 'accepted' });
  await recorder.untilTold('addStream pat camera');
  const told = recorder.diary.length;
  await pat.lose();
  await isMissed(hanna);
  const back = await TestParticipant.open(sfu);
  const { consent, ownRecording } = await back.ask('resume', { ticket: pat.ticket });
  expect([consent, ownRecording?.state]).toEqual(['accepted', 'waiting']);
  await back.ask('hello', {});
  expect(recorder.diary.slice(told)).toEqual([]);
});

test('a ticket is good for its own person, while they are in', async () => {
  const { hanna, pat, sfu } = await openMeeting();
  await expect(pat.ask('resume', { ticket: pat.ticket })).rejects.toMatchObject({ code: 'already-joined' });
  await pat.lose();
  await isMissed(hanna);
  const back = await TestParticipant.open(sfu);
  for (const ticket of ['', 'x', hanna.ticket]) {
    await expect(back.ask('resume', { ticket })).rejects.toMatchObject({ code: 'session-over' });
  }
  sfu.clock.advance(GRACE_MS);
  await until('pat has left', () => hanna.heard('personLeft').length === 1);
  await expect(back.ask('resume', { ticket: pat.ticket })).rejects.toMatchObject({ code: 'session-over' });
  await back.enter();
  expect(back.ticket).not.toBe(pat.ticket);
});

test('a token that expired during the meeting still brings its session back, and no other', async () => {
  const { hanna, pat, sfu } = await openMeeting();
  const expired = await makeToken(pats, sfu.clock.nowMs(), { lifetimeS: -1 });
  const others = await makeToken({ ...pats, connectionId: 'quinn' }, sfu.clock.nowMs(), { lifetimeS: -1 });
  const forged = await makeToken(pats, sfu.clock.nowMs(), {
    lifetimeS: -1,
    secret: 'not the secret of ours',
  });
  await pat.lose();
  await isMissed(hanna);
  const attempt = (token: string, ticket?: string) =>
    connect(sfu.url, { token, version: PROTOCOL_VERSION, ticket });
  expect(await attempt(expired)).toMatchObject({ code: 'token-expired' });
  expect(await attempt(expired, hanna.ticket)).toMatchObject({ code: 'token-expired' });
  expect(await attempt(others, pat.ticket)).toMatchObject({ code: 'token-expired' });
  expect(await attempt(forged, pat.ticket)).toMatchObject({ code: 'token-invalid' });
  expect(await attempt(expired, pat.ticket)).toHaveProperty('connected', true);
});

test('the newer window takes over, with or without the media of the older one', async () => {
  const { hanna, pat, sfu } = await openMeeting();
  await pat.send('camera');
  const second = await TestParticipant.open(sfu);
  await until('the first is told', () => pat.heard('ended')[0]?.reason === 'replaced');
  await until('and closed', () => pat.socket.disconnected);
  expect((await second.ask('resume', { ticket: pat.ticket })).media.producers).toHaveLength(1);
  const third = await TestParticipant.open(sfu);
  await third.enter();
  await until('what was sent is gone', () => hanna.heard('producerRemoved').length === 1);
  expect(hanna.heard('personLeft')).toEqual([]);
});

test('the lock, and who was removed, outlive a meeting that everybody has left', async () => {
  const { hanna, pat, sfu } = await openMeeting();
  await hanna.ask('removePerson', { connectionId: 'pat' });
  await until('pat is out', () => pat.heard('ended')[0]?.reason === 'removed');
  await hanna.ask('setAdmission', { admission: 'locked' });
  await hanna.ask('leave', {});
  await hanna.lose();
  const rooms = async () => ((await (await fetch(`${sfu.url}/healthz`)).json()) as { rooms: number }).rooms;
  await until('the meeting is closed', async () => (await rooms()) === 0);
  const again = TestParticipant.join(sfu, { connectionId: 'pat-2', key: 'pat' });
  await expect(again).rejects.toMatchObject({ code: 'removed' });
  await expect(TestParticipant.join(sfu, { connectionId: 'quinn' })).rejects.toMatchObject({
    code: 'meeting-locked',
  });
  const back = await TestParticipant.join(sfu, host);
  await back.ask('setAdmission', { admission: 'open' });
  const third = TestParticipant.join(sfu, { connectionId: 'pat-3', key: 'pat' });
  await expect(third).rejects.toMatchObject({ code: 'removed' });
  await TestParticipant.join(sfu, { connectionId: 'quinn' });
});
