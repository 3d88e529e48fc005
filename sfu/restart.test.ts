import { expect, test } from 'vitest';
import { GRACE_MS } from './meeting/meeting-context.ts';
import { ORPHAN_WAIT_MS } from './recording/orphan-recordings.ts';
import { TestParticipant } from './testing/test-participant.ts';
import { TestRecorder } from './testing/test-recorder.ts';
import { openTestSfu, type TestSfu } from './testing/test-sfu.ts';
import { until } from './testing/until.ts';

const host = { role: 'host', name: 'Hanna', connectionId: 'hanna' } as const;

/** A recording of hanna and pat on a server, which then dies; the recorder has found its successor. */
async function openAfterCrash(
  patSays: 'accepted' | 'withdrawn' = 'accepted',
  before: (meeting: { hanna: TestParticipant; sfu: TestSfu }) => Promise<void> = async () => undefined,
) {
  const first = await openTestSfu();
  const recorder = await TestRecorder.connect(first);
  const hanna = await TestParticipant.join(first, host);
  const pat = await TestParticipant.join(first);
  await hanna.send('camera');
  await before({ hanna, sfu: first });
  const { recordingId } = await hanna.ask('startRecording', {});
  await pat.ask('answerConsent', { answer: 'accepted' });
  await recorder.untilTold('openReceiver pat');
  if (patSays === 'withdrawn') await pat.ask('answerConsent', { answer: 'withdrawn' });
  await until('the facts are there', () =>
    recorder.facts.some(
      (fact) => fact.type === 'consent' && fact.connectionId === 'pat' && fact.consent === patSays,
    ),
  );
  const factsBefore = recorder.lastFact;
  // To the recorder a crash and this look alike: the socket is gone without a Stop.
  const sfu = await openTestSfu();
  recorder.moveTo(sfu);
  await until('the recorder is there', async () => (await health(sfu)).recorders === 1);
  return { sfu, recorder, recordingId, factsBefore };
}

async function health(sfu: TestSfu): Promise<Record<string, unknown>> {
  return (await (await fetch(`${sfu.url}/healthz`)).json()) as Record<string, unknown>;
}

test('a recording of more people than one message takes is described in parts', async () => {
  const { sfu, recorder } = await openAfterCrash();
  recorder.peoplePerPart = 1;
  recorder.beat();
  const [hanna, pat] = [await TestParticipant.open(sfu, host), await TestParticipant.open(sfu)];
  await recorder.untilTold('describe', 2);
  await until('it goes on', async () => (await hanna.ask('hello', {})).recording.status !== 'off');
  await pat.enter();
  expect(pat.snapshot?.consent).toBe('accepted');
});

test('a recording outlives its server: whoever comes back is recorded on, as they had agreed', async () => {
  const { sfu, recorder, recordingId, factsBefore } = await openAfterCrash();
  recorder.beat();
  await recorder.untilTold('describe');
  const hanna = await TestParticipant.join(sfu, host);
  const statusNow = () => hanna.recordingStates.at(-1) ?? hanna.snapshot?.recording.status;
  await until('it goes on', () => statusNow() === 'lost');
  recorder.beat();
  await until('the recorder is known to be there', () => statusNow() === 'waiting');
  await hanna.send('camera');
  await recorder.untilTold('addStream hanna camera', 2);
  expect(recorder.named('start').at(-1)?.params).toMatchObject({ recordingId, meetingId: 'm1' });
  recorder.beatWithBytes('hanna');
  await hanna.untilRecording('recording');
  const pat = await TestParticipant.join(sfu);
  expect(pat.snapshot).toMatchObject({
    consent: 'accepted',
    recording: { status: 'recording', recordingId },
  });
  const quinn = await TestParticipant.open(sfu, { connectionId: 'quinn' });
  await expect(quinn.enter()).rejects.toMatchObject({ code: 'consent-needed' });
  const news = () => recorder.facts.slice(factsBefore).map(({ type }) => type);
  await until('the manifest has an epoch', () => news().includes('epoch'));
  expect(recorder.facts.map(({ seq }) => seq)).toEqual(recorder.facts.map((_, index) => index + 1));
  await hanna.ask('stopRecording', {});
  expect(recorder.named('stop').map(({ params }) => params.recordingId)).toEqual([recordingId]);
});

test('people who are there before the recorder go on, too; who does not come back has left', async () => {
  const { sfu, recorder } = await openAfterCrash();
  const hanna = await TestParticipant.join(sfu, host);
  expect(hanna.snapshot?.recording.status).toBe('off');
  recorder.beat();
  await hanna.untilRecording('lost');
  expect(hanna.heard('consentChanged').at(-1)?.consent).toBe('accepted');
  await recorder.untilTold('start', 2);
  for (let waitedMs = 0; waitedMs < GRACE_MS; waitedMs += 1000) {
    expect(recorder.diary).not.toContain('closeReceiver pat lost');
    await recorder.beat();
    sfu.clock.advance(1000);
  }
  await recorder.untilTold('closeReceiver pat lost');
});

test('a recording whose meeting does not come back is stopped', async () => {
  const { sfu, recorder } = await openAfterCrash();
  for (let waitedMs = 0; waitedMs < ORPHAN_WAIT_MS; waitedMs += 1000) {
    await recorder.beat();
    await health(sfu);
    expect(recorder.diary).not.toContain('stop ended');
    sfu.clock.advance(1000);
  }
  recorder.beat();
  await recorder.untilTold('stop ended');
});

test('after a restart nobody is recorded on who had withdrawn, or comes in anew', async () => {
  const { sfu, recorder } = await openAfterCrash('withdrawn');
  recorder.beat();
  await recorder.untilTold('describe');
  const hanna = await TestParticipant.open(sfu, { ...host, connectionId: 'hanna-2', key: 'hanna' });
  await until('it is known', async () => (await hanna.ask('hello', {})).recording.status !== 'off');
  await expect(hanna.enter()).rejects.toMatchObject({ code: 'consent-needed' });
  const pat = await TestParticipant.join(sfu, { connectionId: 'pat-2', key: 'pat' });
  expect(pat.snapshot?.consent).toBe('withdrawn');
  const thief = await TestParticipant.open(sfu, { ...host, key: 'another browser' });
  await expect(thief.enter()).rejects.toMatchObject({ code: 'consent-needed' });
});

test('after a restart the doors of a recorded meeting are as they were', async () => {
  const { sfu, recorder } = await openAfterCrash('accepted', async ({ hanna, sfu: first }) => {
    await TestParticipant.join(first, { connectionId: 'mallory' });
    await hanna.ask('removePerson', { connectionId: 'mallory' });
    await hanna.ask('setAdmission', { admission: 'locked' });
  });
  const early = await TestParticipant.join(sfu, { connectionId: 'mallory-2', key: 'mallory' });
  recorder.beat();
  await until('who was removed goes', () => early.heard('ended')[0]?.reason === 'removed');
  const enter = (claims: object) => TestParticipant.join(sfu, claims, 'declined');
  await expect(enter({ connectionId: 'mallory-3', key: 'mallory' })).rejects.toMatchObject({
    code: 'removed',
  });
  await expect(enter({ connectionId: 'quinn' })).rejects.toMatchObject({ code: 'meeting-locked' });
  await enter({ connectionId: 'pat-2', key: 'pat' });
  await enter(host);
});

test('after a restart a recording goes on in its codec, whatever the token of who comes back first says', async () => {
  const first = await openTestSfu();
  const recorder = await TestRecorder.connect(first);
  const hanna = await TestParticipant.join(first, { ...host, audioCodec: 'opus' });
  await hanna.ask('startRecording', {});
  const sfu = await openTestSfu();
  recorder.moveTo(sfu);
  await until('the recorder is there', async () => (await health(sfu)).recorders === 1);
  recorder.beat();
  await TestParticipant.join(sfu, { ...host, audioCodec: 'aac' });
  await until('it is taken up', () => recorder.named('start').length === 2);
  expect(recorder.named('start').map(({ params }) => params.audioCodec)).toEqual(['opus', 'opus']);
});
