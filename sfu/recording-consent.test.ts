import { expect, test } from 'vitest';
import { rtpCapabilities } from './fixtures/browser-offer.ts';
import { openMeeting, openRecordedMeeting } from './fixtures/recorded-meeting.ts';
import { TestParticipant } from './fixtures/test-participant.ts';
import { until } from './fixtures/until.ts';

test('nobody but the host is recorded before they accept', async () => {
  const { sfu, hanna, recorder } = await openMeeting();
  const pat = await TestParticipant.join(sfu);
  await pat.send('microphone');
  await hanna.ask('startRecording', {});
  await until('pat is asked', () => pat.heard('consentChanged')[0]?.consent === 'pending');
  await recorder.untilTold('addStream hanna camera');
  expect(recorder.diary.join()).not.toContain('pat');
  await pat.ask('answerConsent', { answer: 'declined' });
  await pat.ask('answerConsent', { answer: 'accepted' });
  await recorder.untilTold('addStream pat microphone');
  await pat.ask('answerConsent', { answer: 'withdrawn', erase: true });
  await recorder.untilTold('closeReceiver pat withdrawn');
  expect(recorder.named('closeReceiver')[0]?.params.erase).toBe(true);
  await until('facts are there', () => recorder.facts.at(-1)?.type === 'consent');
  const ledger = recorder.facts.flatMap((fact) =>
    fact.type === 'consent' ? [`${fact.connectionId} ${fact.consent}`] : [],
  );
  expect(ledger).toEqual(['hanna accepted', 'pat pending', 'pat declined', 'pat accepted', 'pat withdrawn']);
  await hanna.ask('stopRecording', {});
  await until('the question is over', () => pat.heard('consentChanged').at(-1)?.consent === undefined);
});

test('who joins a recorded meeting is asked first', async () => {
  const { sfu, recorder } = await openRecordedMeeting();
  const pat = await TestParticipant.open(sfu);
  expect((await pat.ask('hello', {})).recording.status).toBe('recording');
  await expect(pat.ask('join', { rtpCapabilities })).rejects.toMatchObject({ code: 'consent-needed' });
  const joined = await pat.ask('join', { rtpCapabilities, consent: 'accepted' });
  expect(joined.consent).toBe('accepted');
  await pat.send('camera');
  await recorder.untilTold('addStream pat camera');
  const quinn = await TestParticipant.join(sfu, { connectionId: 'quinn' }, 'declined');
  await quinn.send('camera');
  await quinn.ask('leave', {});
  expect(recorder.diary.join()).not.toContain('quinn');
});

test('the lobby is told of a recording, and not of people', async () => {
  const { sfu, hanna } = await openMeeting();
  const pat = await TestParticipant.open(sfu);
  await pat.ask('hello', {});
  await hanna.ask('startRecording', {});
  await pat.untilRecording('starting');
  await hanna.send('screen');
  await pat.ask('hello', {});
  expect(pat.heard('producerAdded')).toEqual([]);
});
