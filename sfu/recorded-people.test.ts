import { observer } from 'mediasoup';
import { expect, test } from 'vitest';
import { REPLACE_MS } from './recording/lost-streams.ts';
import { TestParticipant } from './testing/test-participant.ts';
import { TestRecorder } from './testing/test-recorder.ts';
import { openTestSfu } from './testing/test-sfu.ts';
import { until } from './testing/until.ts';

const host = { role: 'host', name: 'Hanna', connectionId: 'hanna' } as const;

/** A recorded host and a participant who has just accepted, both sending their cameras. */
async function openRecordedMeeting(prepare?: (recorder: TestRecorder) => void) {
  const pids: number[] = [];
  observer.once('newworker', (worker) => pids.push(worker.pid));
  const sfu = await openTestSfu();
  const recorder = await TestRecorder.connect(sfu);
  const hanna = await TestParticipant.join(sfu, host);
  const pat = await TestParticipant.join(sfu);
  await hanna.send('camera');
  await pat.send('camera');
  await hanna.ask('startRecording', {});
  await recorder.untilTold('addStream hanna camera');
  prepare?.(recorder);
  await pat.ask('answerConsent', { answer: 'accepted' });
  return { sfu, recorder, hanna, pat, pids };
}

const progressOfPat = (hanna: TestParticipant) =>
  hanna
    .heard('recordingProgress')
    .at(-1)
    ?.people.find(({ connectionId }) => connectionId === 'pat');

test('who finds no place on the recorder is told, as is the host, and is recorded once there is one', async () => {
  const full = { code: 'recorder-full' as const, message: 'The recorder cannot take more people now.' };
  const { sfu, recorder, hanna, pat } = await openRecordedMeeting((one) =>
    one.failing.set('openReceiver', full),
  );
  await until('the host is told', () => hanna.heard('problem')[0]?.error.code === 'recorder-full');
  await until('pat is told', () => {
    const own = pat.heard('ownRecordingChanged').at(-1)?.ownRecording;
    return own?.state === 'failed' && own.problem === 'recorder-full';
  });
  recorder.beat();
  await until('the list says so', () => progressOfPat(hanna)?.problem === 'recorder-full');
  recorder.failing.clear();
  sfu.clock.advance(1000);
  await recorder.beat();
  sfu.clock.advance(1000);
  await recorder.untilTold('addStream pat camera');
  recorder.beatWithBytes('pat');
  await until('pat is recorded', () => {
    const own = pat.heard('ownRecordingChanged').at(-1)?.ownRecording;
    return own?.state === 'recording' && own.problem === undefined;
  });
  expect(hanna.heard('problem')).toHaveLength(1);
});

test('a picture that cannot be recorded is shown so as long as it is sent', async () => {
  const unsupported = { code: 'stream-unsupported' as const, message: 'This codec cannot be recorded.' };
  const { recorder, pat } = await openRecordedMeeting((one) => one.failing.set('addStream', unsupported));
  const problem = () => pat.heard('ownRecordingChanged').at(-1)?.ownRecording?.problem;
  await until('pat is told', () => problem() === 'stream-unsupported');
  recorder.failing.clear();
  await pat.send('camera');
  await until('no longer', () => problem() === undefined);
});

test('who withdraws is not recorded at once, and what exists is kept or erased', async () => {
  const { recorder, pat } = await openRecordedMeeting();
  await recorder.untilTold('addStream pat camera');
  await pat.ask('answerConsent', { answer: 'withdrawn', erase: true });
  await recorder.untilTold('closeReceiver pat withdrawn');
  expect(recorder.named('closeReceiver')[0]?.params.erase).toBe(true);
  await until(
    'pat sees it',
    () => pat.heard('ownRecordingChanged').at(-1)?.ownRecording?.state === 'declined',
  );
});

test('after a dead worker a source that is not sent again ends, one that is goes on', async () => {
  const { sfu, recorder, pat, pids } = await openRecordedMeeting();
  await pat.send('screen');
  await recorder.untilTold('addStream pat screen');
  const screen = recorder.named('addStream').at(-1)?.params.stream.streamId;
  process.kill(pids[0] ?? 0, 'SIGKILL');
  await until('everybody is told', () => pat.heard('mediaReplaced').length === 1);
  pat.forgetTransports();
  await pat.send('camera');
  await recorder.untilTold('addStream pat camera', 2);
  for (let waitedMs = 0; waitedMs < REPLACE_MS; waitedMs += 500) {
    expect(recorder.named('removeStream')).toEqual([]);
    await recorder.beat();
    sfu.clock.advance(500);
  }
  const removed = () => recorder.named('removeStream').map(({ params }) => params.streamId);
  // The screen, and what hanna sent, whose time may have begun a little later.
  while (removed().length < 2) {
    await recorder.beat();
    sfu.clock.advance(500);
  }
  expect(removed()).toContain(screen);
});
