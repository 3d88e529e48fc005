import { expect, test } from 'vitest';
import { FACT_LIMITS } from './recording/fact-budget.ts';
import { PLACES } from './recording/recorded-places.ts';
import { openRecordedMeeting } from './testing/recorded-meeting.ts';
import { TestParticipant } from './testing/test-participant.ts';
import { until } from './testing/until.ts';

const SLOW_MS = 120_000;

test('[FILE8] nobody is recorded whose agreement the ledger has no room for, and the host is told', async () => {
  const { hanna, recorder, sfu } = await openRecordedMeeting();
  const pat = await TestParticipant.join(sfu, {}, 'declined');
  await pat.send('camera');
  const { each, own } = FACT_LIMITS.consent;
  for (let facts = 0; facts < own + each; facts += 2) {
    sfu.clock.advance(10_000);
    recorder.beat();
    const { consent } = await pat.ask('answerConsent', { answer: 'accepted' });
    expect(consent).toBe('accepted');
    if (facts + 2 < own + each) await pat.ask('answerConsent', { answer: 'withdrawn' });
  }
  await until('the host is told', () =>
    hanna.heard('problem').some(({ error }) => error.code === 'recording-full'),
  );
  await until('the recorder is told', () =>
    recorder.facts.some((fact) => fact.type === 'full' && fact.kind === 'consent'),
  );
  const opened = recorder.diary.filter((line) => line === 'openReceiver pat').length;
  await pat.send('microphone');
  await hanna.ask('hello', {});
  const answers = recorder.facts.filter((fact) => fact.type === 'consent' && fact.connectionId === 'pat');
  expect(answers.at(-1)).toMatchObject({ consent: 'withdrawn' });
  expect(recorder.diary.filter((line) => line === 'openReceiver pat')).toHaveLength(opened);
  const quinn = await TestParticipant.join(sfu, { connectionId: 'quinn' }, 'accepted');
  await quinn.send('camera');
  await recorder.untilTold('addStream quinn camera');
});

test('[FILE8] one address that comes and goes under new tokens keeps nobody else from being recorded', {
  timeout: SLOW_MS,
}, async () => {
  const { hanna, recorder, sfu } = await openRecordedMeeting();
  const most = Math.floor((PLACES.silent * 2) / 3);
  for (let count = 0; count <= most; count += 1) {
    const connectionId = `m-${count}`;
    const mallory = await TestParticipant.open(sfu, { connectionId }, '203.0.113.7');
    await mallory.enter('pending');
    await mallory.ask('leave', {});
    mallory.socket.close();
    if (count % 50 === 0) recorder.beat();
  }
  const quinn = await TestParticipant.join(sfu, { connectionId: 'quinn' }, 'accepted', '203.0.113.8');
  await quinn.send('camera');
  await recorder.untilTold('addStream quinn camera');
  const mallorys = recorder.facts.filter(
    (fact) => fact.type === 'joined' && fact.connectionId.startsWith('m-'),
  );
  expect(mallorys).toHaveLength(most);
  const quinns = recorder.facts.filter((fact) => 'connectionId' in fact && fact.connectionId === 'quinn');
  expect(quinns.map(({ type }) => type)).toEqual(['joined', 'consent']);
  expect(hanna.heard('problem')).toEqual([]);
});
