import { expect, test } from 'vitest';
import { answeredFor } from '#protocol/recorder.ts';
import { ERASE_ANSWER_MS } from './meeting/recording-desk.ts';
import { rtpCapabilities } from './testing/browser-offer.ts';
import { host, openMeeting, openRecordedMeeting } from './testing/recorded-meeting.ts';
import { TestParticipant } from './testing/test-participant.ts';
import { TestRecorder } from './testing/test-recorder.ts';
import { until } from './testing/until.ts';

test('nobody but who pressed Record is recorded before they accept', async () => {
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

const ofPat = { key: 'of pat' };
const consentAtJoining = async (...params: Parameters<typeof TestParticipant.join>) =>
  (await TestParticipant.join(...params)).snapshot?.consent;

test('whoever made the meeting is asked like everybody else when they come into a recording', async () => {
  const { sfu, recorder } = await openRecordedMeeting();
  const second = await TestParticipant.open(sfu, { ...host, connectionId: 'hanna-2', key: 'hanna' });
  await expect(second.enter()).rejects.toMatchObject({ code: 'consent-needed' });
  await second.enter('pending');
  expect(second.snapshot).toMatchObject({ consent: 'pending', ownRecording: { state: 'asked' } });
  await second.send('camera');
  await second.ask('reclaimHost', {});
  await second.ask('sendChat', { text: 'not for the manifest' });
  expect(recorder.diary.join()).not.toContain('hanna-2');
  await second.ask('answerConsent', { answer: 'accepted' });
  await recorder.untilTold('addStream hanna-2 camera');
  expect(recorder.facts.filter(({ type }) => type === 'chat')).toEqual([]);
});

test('a “no” is the person’s: it holds after a reload, in another window, with another token and as the host', async () => {
  const { sfu, hanna, recorder } = await openRecordedMeeting();
  const pat = await TestParticipant.join(sfu, ofPat, 'accepted');
  const window = await TestParticipant.join(sfu, { ...ofPat, connectionId: 'pat-2', name: 'P.' }, 'accepted');
  await Promise.all([pat.send('camera'), window.send('camera')]);
  await recorder.untilTold('addStream pat-2 camera');
  await pat.ask('answerConsent', { answer: 'withdrawn' });
  await recorder.untilTold('closeReceiver pat withdrawn');
  await recorder.untilTold('closeReceiver pat-2 withdrawn');
  await until('the window shows it', () => window.heard('consentChanged').at(-1)?.consent === 'withdrawn');
  const told = recorder.diary.length;
  await pat.ask('leave', {});
  for (const claims of [{ connectionId: 'pat-3' }, { ...host, connectionId: 'pat-4' }, {}]) {
    expect(await consentAtJoining(sfu, { ...claims, ...ofPat })).toBe('withdrawn');
  }
  const back = await TestParticipant.join(sfu, { ...ofPat, connectionId: 'pat-5' });
  await back.send('camera');
  await hanna.ask('handOverHost', { connectionId: 'pat-5' });
  await back.ask('sendChat', { text: 'not for the manifest' });
  expect(recorder.diary.slice(told)).toEqual([]);
  expect(recorder.facts.filter(({ type }) => type === 'chat')).toEqual([]);
  await back.ask('answerConsent', { answer: 'accepted' });
  await recorder.untilTold('addStream pat-5 camera');
  expect(recorder.diary.slice(told).join()).not.toContain('pat-3');
});

test('nobody agrees for somebody else: not with their token, nor for the same subject', async () => {
  const { sfu } = await openRecordedMeeting();
  const anna = await TestParticipant.join(sfu, { connectionId: 'anna', sub: 'a@example.org' }, 'accepted');
  await anna.ask('leave', {});
  for (const connectionId of ['anna', 'anna-2']) {
    const other = await TestParticipant.open(sfu, {
      connectionId,
      sub: 'a@example.org',
      key: 'another browser',
    });
    await expect(other.enter()).rejects.toMatchObject({ code: 'consent-needed' });
  }
});

test('[YES1] a “yes” ends with leaving, and is not that of another window with the same token; a lost connection keeps it', async () => {
  const { recorder, sfu } = await openRecordedMeeting();
  const pat = await TestParticipant.join(sfu, {}, 'accepted');
  await pat.send('camera');
  await recorder.untilTold('addStream pat camera');
  const window = await TestParticipant.open(sfu);
  await expect(window.enter()).rejects.toMatchObject({ code: 'consent-needed' });
  await window.ask('resume', { ticket: pat.ticket });
  await window.ask('leave', {});
  await recorder.untilTold('closeReceiver pat left');
  const again = await TestParticipant.open(sfu);
  await expect(again.enter()).rejects.toMatchObject({ code: 'consent-needed' });
  await again.enter('accepted');
  const yeses = () => recorder.facts.filter((fact) => fact.type === 'consent' && fact.connectionId === 'pat');
  await until('both are in the ledger', () => yeses().length === 2);
  await again.lose();
  await until('the loss is noted', () => recorder.facts.at(-1)?.type === 'away');
  expect(await consentAtJoining(sfu)).toBe('accepted');
});

test('an erasure is acknowledged when it is carried out, of everything that was recorded of the person', async () => {
  const { sfu, recorder } = await openRecordedMeeting();
  const before = await TestParticipant.join(sfu, { ...ofPat, connectionId: 'pat-1' }, 'accepted');
  await before.send('camera');
  await recorder.untilTold('addStream pat-1 camera');
  await before.ask('leave', {});
  await recorder.untilTold('closeReceiver pat-1 left');
  const pat = await TestParticipant.join(sfu, ofPat, 'accepted');
  await pat.send('camera');
  await recorder.untilTold('addStream pat camera');
  const goOn = recorder.hold('closeReceiver');
  let isAnswered = false;
  const answer = pat.ask('answerConsent', { answer: 'withdrawn', erase: true }).finally(() => {
    isAnswered = true;
  });
  await recorder.untilTold('closeReceiver pat withdrawn');
  await recorder.untilTold('closeReceiver pat-1 withdrawn');
  const erased = recorder.facts.flatMap((fact) =>
    fact.type === 'consent' && fact.erase ? [answeredFor(fact)] : [],
  );
  // One fact: whoever dies now leaves the whole wish, or nothing of it.
  expect(erased).toEqual([['pat-1', 'pat']]);
  // The ledger goes first, so that the wish outlives everybody.
  expect(pat.heard('ownRecordingChanged').at(-1)?.ownRecording?.state).toBe('declined');
  expect(isAnswered).toBe(false);
  goOn();
  expect(await answer).toEqual({ consent: 'withdrawn' });
  expect(recorder.named('closeReceiver').filter(({ params }) => params.erase)).toHaveLength(2);
});

test('while the recorder does not answer an erasure is pending, and it is carried out when it does', async () => {
  const { sfu, recorder } = await openRecordedMeeting();
  const pat = await TestParticipant.join(sfu, {}, 'accepted');
  await pat.send('camera');
  await recorder.untilTold('addStream pat camera');
  recorder.hold('closeReceiver');
  const answer = pat.ask('answerConsent', { answer: 'withdrawn', erase: true });
  const refused = expect(answer).rejects.toMatchObject({ code: 'erasure-pending' });
  await recorder.untilTold('closeReceiver pat withdrawn');
  sfu.clock.advance(ERASE_ANSWER_MS);
  await refused;
  expect(pat.heard('consentChanged').at(-1)?.consent).toBe('withdrawn');
  const again = pat.ask('answerConsent', { answer: 'withdrawn', erase: true });
  await expect(again).rejects.toMatchObject({ code: 'erasure-pending' });
  recorder.close();
  const successor = await TestRecorder.connect(sfu, { instanceId: 'process-2' });
  await successor.untilTold('closeReceiver pat withdrawn');
  expect(successor.named('closeReceiver')[0]?.params.erase).toBe(true);
});

test('[END6] whoever accepts again while the recording is being stopped is not begun to be recorded any more', async () => {
  const { hanna, recorder, sfu } = await openRecordedMeeting();
  const pat = await TestParticipant.join(sfu, {}, 'accepted');
  await pat.send('camera');
  await recorder.untilTold('addStream pat camera');
  const answerClose = recorder.hold('closeReceiver');
  await pat.ask('answerConsent', { answer: 'withdrawn' });
  await recorder.untilTold('closeReceiver pat withdrawn');
  await pat.ask('answerConsent', { answer: 'accepted' });
  const answerStop = recorder.hold('stop');
  const stopping = hanna.ask('stopRecording', {});
  await recorder.untilTold('stop host');
  answerClose();
  // Whatever follows from that is asked before this is answered.
  await recorder.beat();
  await hanna.ask('hello', {});
  await recorder.beat();
  answerStop();
  await stopping;
  expect(recorder.diary.slice(recorder.diary.indexOf('stop host'))).toEqual(['stop host']);
});
