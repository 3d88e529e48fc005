import { expect, test } from 'vitest';
import { openRecordedMeeting } from './fixtures/recorded-meeting.ts';
import { TestParticipant } from './fixtures/test-participant.ts';
import { until } from './fixtures/until.ts';
import { FACT_LIMITS } from './recording/fact-budget.ts';

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
