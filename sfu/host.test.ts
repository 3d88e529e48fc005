import { expect, test } from 'vitest';
import { GRACE_MS } from './meeting/meeting-context.ts';
import { LIMIT_WARNING_MS } from './meeting/recording-desk.ts';
import { HOST_OFFER_MS } from './room/host-role.ts';
import { TestParticipant } from './testing/test-participant.ts';
import { TestRecorder } from './testing/test-recorder.ts';
import { openTestSfu } from './testing/test-sfu.ts';
import { until } from './testing/until.ts';

const host = { role: 'host', name: 'Hanna', connectionId: 'hanna' } as const;
const quinns = { connectionId: 'quinn', name: 'Quinn' };

async function openMeeting() {
  const sfu = await openTestSfu();
  return { sfu, hanna: await TestParticipant.join(sfu, host), pat: await TestParticipant.join(sfu) };
}

test('a participant may do nothing that is the host’s', async () => {
  const { pat } = await openMeeting();
  await expect(pat.ask('endMeeting', {})).rejects.toMatchObject({ code: 'not-host' });
  await expect(pat.ask('setAdmission', { admission: 'locked' })).rejects.toMatchObject({ code: 'not-host' });
  await expect(pat.ask('reclaimHost', {})).rejects.toMatchObject({ code: 'not-host' });
});

test('the host pauses a microphone, and its owner switches it on again', async () => {
  const { hanna, pat } = await openMeeting();
  const microphone = await pat.send('microphone');
  await hanna.ask('pausePerson', { connectionId: 'pat', source: 'microphone' });
  await hanna.ask('pausePerson', { connectionId: 'pat', source: 'camera' });
  await until('pat is told', () => pat.heard('pausedByHost')[0]?.producerId === microphone);
  await until('so is everybody', () => hanna.heard('producerChanged').at(-1)?.producer.paused === true);
  await pat.ask('setProducerPaused', { producerId: microphone, paused: false });
  await until('on again', () => hanna.heard('producerChanged').at(-1)?.producer.paused === false);
  expect(pat.heard('pausedByHost')).toHaveLength(1);
});

test('who is removed is out at once, with their recording, and stays out', async () => {
  const { hanna, pat, sfu } = await openMeeting();
  const recorder = await TestRecorder.connect(sfu);
  await hanna.ask('startRecording', {});
  await pat.send('camera');
  await pat.ask('answerConsent', { answer: 'accepted' });
  await recorder.untilTold('addStream pat camera');
  await hanna.ask('removePerson', { connectionId: 'pat' });
  await until('pat is told', () => pat.heard('ended')[0]?.reason === 'removed');
  await until('pat is gone', () => hanna.heard('personLeft')[0]?.connectionId === 'pat');
  await recorder.untilTold('closeReceiver pat left');
  const again = await TestParticipant.open(sfu);
  await expect(again.enter('accepted')).rejects.toMatchObject({ code: 'removed' });
  await expect(again.ask('resume', { ticket: pat.ticket })).rejects.toMatchObject({ code: 'session-over' });
});

test('people in the waiting room come in when the host lets them', async () => {
  const { hanna, sfu } = await openMeeting();
  await hanna.ask('setAdmission', { admission: 'waiting-room' });
  const quinn = await TestParticipant.open(sfu, quinns);
  expect((await quinn.ask('hello', {})).admission).toBe('waiting-room');
  await expect(quinn.enter()).rejects.toMatchObject({ code: 'admission-needed' });
  await until('hanna sees', () => hanna.heard('waitingChanged').at(-1)?.waiting[0]?.name === 'Quinn');
  await expect(quinn.send('camera')).rejects.toMatchObject({ code: 'not-joined' });
  await hanna.ask('admit', { connectionId: 'quinn' });
  await until('quinn is told', () => quinn.heard('admitted').length === 1);
  await quinn.enter();
  const rita = await TestParticipant.open(sfu, { connectionId: 'rita', name: 'Rita' });
  await expect(rita.enter()).rejects.toMatchObject({ code: 'admission-needed' });
  await hanna.ask('refuse', { connectionId: 'rita' });
  await until('rita is told', () => rita.heard('ended')[0]?.reason === 'refused');
  const sam = await TestParticipant.open(sfu, { connectionId: 'sam', name: 'Sam' });
  await expect(sam.enter()).rejects.toMatchObject({ code: 'admission-needed' });
  await sam.lose();
  await until('nobody waits', () => hanna.heard('waitingChanged').at(-1)?.waiting.length === 0);
});

test('a locked meeting lets nobody in but those who lost their socket', async () => {
  const { hanna, pat, sfu } = await openMeeting();
  await hanna.ask('setAdmission', { admission: 'locked' });
  const quinn = await TestParticipant.open(sfu, quinns);
  await expect(quinn.enter()).rejects.toMatchObject({ code: 'meeting-locked' });
  await pat.lose();
  await until('pat is missed', () => hanna.heard('personChanged').at(-1)?.person.connected === false);
  const back = await TestParticipant.open(sfu);
  await back.enter();
});

test('a host who is lost for good is followed by whoever accepts, and the recording goes on', async () => {
  const { hanna, pat, sfu } = await openMeeting();
  const quinn = await TestParticipant.join(sfu, quinns);
  const recorder = await TestRecorder.connect(sfu);
  await hanna.ask('startRecording', {});
  await hanna.lose();
  await until('hanna is missed', () => pat.heard('personChanged').at(-1)?.person.connected === false);
  sfu.clock.advance(GRACE_MS - 1);
  await recorder.beat();
  await pat.ask('hello', {});
  expect(pat.heard('hostOffered')).toEqual([]);
  sfu.clock.advance(1);
  await until('pat is asked', () => pat.heard('hostOffered').length === 1);
  sfu.clock.advance(HOST_OFFER_MS);
  await until('quinn is asked', () => quinn.heard('hostOffered').length === 1);
  expect(pat.heard('hostOfferOver')).toHaveLength(1);
  await quinn.ask('answerHostOffer', { accept: true });
  await until('everybody knows', () => pat.heard('personChanged').at(-1)?.person.role === 'host');
  expect(recorder.diary).not.toContain('stop empty');
  const roles = () => recorder.facts.filter(({ type }) => type === 'role');
  await until('the manifest does', () => {
    recorder.beat();
    return roles().length === 1;
  });
  await quinn.ask('stopRecording', {});
  await expect(pat.ask('startRecording', {})).rejects.toMatchObject({ code: 'not-host' });
});

test('the host hands the role over, and takes it back', async () => {
  const { hanna, pat } = await openMeeting();
  await hanna.ask('handOverHost', { connectionId: 'pat' });
  await expect(hanna.ask('lowerHand', { connectionId: 'pat' })).rejects.toMatchObject({ code: 'not-host' });
  await pat.ask('raiseHand', { raised: true });
  await pat.ask('lowerHand', { connectionId: 'pat' });
  await hanna.ask('reclaimHost', {});
  await until('pat knows', () =>
    pat.heard('personChanged').some(({ person }) => person.connectionId === 'pat' && person.role === 'host'),
  );
  expect(hanna.heard('personChanged').at(-1)?.person).toMatchObject({ connectionId: 'hanna', role: 'host' });
});

test('the end for all completes the recording first', async () => {
  const { hanna, pat, sfu } = await openMeeting();
  const recorder = await TestRecorder.connect(sfu);
  await hanna.ask('startRecording', {});
  const release = recorder.hold('stop');
  const ending = hanna.ask('endMeeting', {});
  await recorder.untilTold('stop host');
  expect(pat.heard('ended')).toEqual([]);
  release();
  await ending;
  await until('pat is told', () => pat.heard('ended')[0]?.reason === 'meeting-ended');
  expect(pat.recordingStates.at(-1)).toBe('off');
  sfu.clock.advance(0);
  await until('so is hanna', () => hanna.heard('ended')[0]?.reason === 'meeting-ended');
  const health = async () => (await (await fetch(`${sfu.url}/healthz`)).json()) as { rooms: number };
  await until('the meeting is closed', async () => (await health()).rooms === 0);
});

test('everybody is warned before a recording reaches its limit', async () => {
  const sfu = await openTestSfu({ MAX_RECORDING_HOURS: 1 });
  const hanna = await TestParticipant.join(sfu, host);
  const pat = await TestParticipant.join(sfu);
  await TestRecorder.connect(sfu);
  await hanna.ask('startRecording', {});
  sfu.clock.advance(3_600_000 - LIMIT_WARNING_MS - 1);
  await pat.ask('raiseHand', { raised: true });
  expect(pat.heard('recordingEndsSoon')).toEqual([]);
  sfu.clock.advance(1);
  await until('pat is told', () => pat.heard('recordingEndsSoon')[0]?.inMs === LIMIT_WARNING_MS);
});
