import { observer } from 'mediasoup';
import { expect, test } from 'vitest';
import { HEARTBEAT_INTERVAL_MS, HEARTBEAT_TIMEOUT_MS } from '#protocol/recorder.ts';
import { COMMAND_TIMEOUT_MS } from './recording/recorder-link.ts';
import { RESUME_ELSEWHERE_MS, STOP_WITHIN_MS } from './recording/recording-machine.ts';
import { host, openMeeting, openRecordedMeeting } from './testing/recorded-meeting.ts';
import { TestParticipant } from './testing/test-participant.ts';
import { TestRecorder } from './testing/test-recorder.ts';
import { openTestSfu } from './testing/test-sfu.ts';
import { until } from './testing/until.ts';

test('without a heartbeat the light goes out after 1.5 s, and on again when it is back', async () => {
  const { sfu, hanna, recorder } = await openRecordedMeeting();
  sfu.clock.advance(HEARTBEAT_TIMEOUT_MS - 1);
  await hanna.ask('hello', {});
  expect(hanna.recordingStates.at(-1)).toBe('recording');
  sfu.clock.advance(1);
  await hanna.untilRecording('lost');
  recorder.beatWithBytes('hanna');
  await until('it is taken up again', () => recorder.named('start').length === 2);
  await recorder.untilTold('addStream hanna camera', 2);
  recorder.beatWithBytes('hanna');
  await hanna.untilRecording('recording');
  const [first, second] = recorder.named('start');
  expect(second).toEqual(first);
});

test('after a reconnect every fact is there once, in order', async () => {
  const { sfu, hanna, recorder, microphone } = await openRecordedMeeting();
  await until('the first facts are there', () => recorder.lastFact >= 2);
  recorder.socket.io.engine.close();
  await hanna.untilRecording('lost');
  for (const paused of [true, false, true]) {
    await hanna.ask('setProducerPaused', { producerId: microphone, paused });
  }
  await TestParticipant.join(sfu, {}, 'declined');
  await until(
    'all facts are there',
    () => recorder.facts.filter(({ type }) => type === 'paused').length === 3,
  );
  await until('the newcomer too', () => recorder.facts.at(-1)?.type === 'consent');
  expect(recorder.facts.map(({ seq }) => seq)).toEqual(recorder.facts.map((_, index) => index + 1));
  expect(recorder.received).toEqual(recorder.facts);
});

test('a restarted recorder hears everything again and gets new transports', async () => {
  const { sfu, hanna, recorder, recordingId } = await openRecordedMeeting();
  await until('the facts are there', () => recorder.lastFact >= 2);
  // Not by its ports, which the next one may be given again.
  const ssrcs = (of: TestRecorder) => of.named('addStream').map(({ params }) => params.stream.ssrc);
  recorder.close();
  await hanna.untilRecording('lost');
  const next = await TestRecorder.connect(sfu, { instanceId: 'process-2' });
  await next.untilTold('addStream hanna camera');
  expect(next.named('start')[0]?.params.recordingId).toBe(recordingId);
  for (const ssrc of ssrcs(next)) expect(ssrcs(recorder)).not.toContain(ssrc);
  await until('all facts are there', () => next.lastFact === recorder.lastFact);
  expect(next.facts).toEqual(recorder.facts);
  next.beatWithBytes('hanna');
  await hanna.untilRecording('recording');
});

test('another recorder takes over when the first stays away', async () => {
  const { sfu, hanna, recorder } = await openRecordedMeeting();
  const other = await TestRecorder.connect(sfu, { recorderId: 'rec-2', instanceId: 'other' });
  recorder.close();
  await hanna.untilRecording('lost');
  other.beat();
  for (let waitedMs = 0; waitedMs < RESUME_ELSEWHERE_MS; waitedMs += 1000) {
    expect(other.named('start')).toEqual([]);
    await other.beat();
    sfu.clock.advance(1000);
  }
  await other.untilTold('addStream hanna camera');
});

test('a recording that nobody knows any more is stopped', async () => {
  const { sfu, hanna, recorder, recordingId } = await openRecordedMeeting();
  sfu.clock.advance(HEARTBEAT_TIMEOUT_MS);
  await hanna.untilRecording('lost');
  expect(await hanna.raw('stopRecording', {})).toMatchObject({ error: { code: 'recorder-lost' } });
  await hanna.untilRecording('off');
  expect(hanna.heard('problem')[0]?.error.code).toBe('recorder-lost');
  recorder.beat();
  await recorder.untilTold('stop ended');
  expect(recorder.named('stop')[0]?.params.recordingId).toBe(recordingId);
});

test('a recorder that cannot start says why, and the next one is asked', async () => {
  const { sfu, hanna, recorder } = await openMeeting();
  recorder.failing.set('start', { code: 'disk-full', message: 'The disk is nearly full.' });
  await expect(hanna.ask('startRecording', {})).rejects.toMatchObject({ code: 'disk-full' });
  await hanna.untilRecording('off');
  const other = await TestRecorder.connect(sfu, { recorderId: 'rec-2', capacity: 2 });
  await hanna.ask('startRecording', {});
  expect(other.named('start')).toHaveLength(1);
});

test('a recorder without room is full', async () => {
  const sfu = await openTestSfu();
  const recorder = await TestRecorder.connect(sfu, { capacity: 1 });
  const hanna = await TestParticipant.join(sfu, host);
  const hugo = await TestParticipant.join(sfu, { ...host, meeting: 'm2', connectionId: 'hugo' });
  await hanna.ask('startRecording', {});
  recorder.beatWithBytes('hanna');
  await hanna.untilRecording('recording');
  await expect(hugo.ask('startRecording', {})).rejects.toMatchObject({ code: 'recorder-full' });
  await hanna.ask('stopRecording', {});
  await hugo.ask('startRecording', {});
});

test('a command that is not answered fails with recorder-lost', async () => {
  const { sfu, hanna, recorder } = await openMeeting();
  recorder.hold('start');
  const starting = hanna.raw('startRecording', {});
  await until('it is asked', () => recorder.named('start').length === 1);
  const beats = (async () => {
    for (let waitedMs = 0; waitedMs < COMMAND_TIMEOUT_MS; waitedMs += 500) {
      const before = hanna.heard('recordingProgress').length;
      await recorder.beat();
      expect(before).toBe(0);
      sfu.clock.advance(500);
    }
  })();
  await beats;
  expect(await starting).toMatchObject({ ok: false, error: { code: 'recorder-lost' } });
  await hanna.untilRecording('off');
});

test('a stream that the recorder does not take costs no other, and the host is told', async () => {
  const { hanna, recorder } = await openMeeting();
  recorder.failing.set('addStream', {
    code: 'stream-unsupported',
    message: 'This codec cannot be recorded.',
  });
  await hanna.ask('startRecording', {});
  await until('the host is told', () => hanna.heard('problem')[0]?.error.code === 'stream-unsupported');
  recorder.failing.clear();
  await hanna.send('screen');
  await recorder.untilTold('addStream hanna screen');
  expect(recorder.named('addStream')).toHaveLength(3);
  expect(hanna.heard('problem')).toHaveLength(1);
});

test('a recording that the recorder ends by itself is over, and everyone is told why', async () => {
  const { hanna, recorder, recordingId } = await openRecordedMeeting();
  const error = { code: 'disk-full' as const, message: 'The disk is nearly full.' };
  recorder.recordingId = undefined;
  recorder.socket.emit('recordingEnded', { recordingId, error });
  await hanna.untilRecording('off');
  await until('the reason is told', () => hanna.heard('problem')[0]?.error.code === 'disk-full');
  recorder.beat();
  await hanna.ask('startRecording', {});
  expect(recorder.diary).not.toContain('stop ended');
});

test('[LIGHT5] a recorder that beats and does not name the recording any more: the light goes out, and it is taken up again', async () => {
  const { sfu, hanna, recorder } = await openRecordedMeeting();
  recorder.recordingId = undefined;
  recorder.failing.set('start', { code: 'disk-stalled', message: 'It is being completed.' });
  await recorder.beat();
  await recorder.beat();
  await hanna.untilRecording('lost');
  await until('it is asked', () => recorder.named('start').length === 2);
  recorder.failing.clear();
  while (recorder.named('start').length < 3) {
    sfu.clock.advance(HEARTBEAT_INTERVAL_MS);
    await recorder.beat();
  }
  await recorder.untilTold('addStream hanna camera', 2);
  recorder.beatWithBytes('hanna');
  await hanna.untilRecording('recording');
});

test('[LIGHT5] that a recorder does not name what it completes at Stop is no loss', async () => {
  const { hanna, recorder } = await openRecordedMeeting();
  const answer = recorder.hold('stop');
  const stopped = hanna.ask('stopRecording', {});
  await recorder.untilTold('stop host');
  recorder.recordingId = undefined;
  for (let beat = 0; beat < 3; beat += 1) await recorder.beat();
  answer();
  await stopped;
  expect(hanna.recordingStates).not.toContain('lost');
  expect(recorder.named('start')).toHaveLength(1);
});

test('a media worker that dies is replaced, and the recording goes on', async () => {
  const pids: number[] = [];
  observer.on('newworker', (worker) => pids.push(worker.pid));
  const { hanna, recorder } = await openRecordedMeeting();
  process.kill(pids[0] ?? 0, 'SIGKILL');
  await until('everybody is told', () => hanna.heard('mediaReplaced').length === 1);
  expect(pids).toHaveLength(2);
  expect(hanna.heard('mediaReplaced')[0]?.routerRtpCapabilities.codecs).not.toEqual([]);
  hanna.forgetTransports();
  expect((await hanna.ask('hello', {})).recording.status).toBe('recording');
  await hanna.send('camera');
  await recorder.untilTold('addStream hanna camera', 2);
  expect(recorder.diary).not.toContain('closeReceiver hanna lost');
  expect(recorder.facts.map(({ type }) => type)).toContain('epoch');
});

test('[END3] a recorder that beats and does not answer Stop holds no host up, and is told again', async () => {
  const { sfu, hanna, recorder } = await openRecordedMeeting();
  const answer = recorder.hold('stop');
  const stopped = hanna.raw('stopRecording', {});
  await recorder.untilTold('stop host');
  const progressBefore = hanna.heard('recordingProgress').length;
  sfu.clock.advance(STOP_WITHIN_MS / 2);
  recorder.beatWithBytes('hanna');
  await until('it beats', () => hanna.heard('recordingProgress').length > progressBefore);
  sfu.clock.advance(STOP_WITHIN_MS / 2);
  expect(await stopped).toMatchObject({ error: { code: 'recorder-lost' } });
  await hanna.untilRecording('off');
  recorder.beat();
  await recorder.untilTold('stop ended');
  answer();
  await hanna.ask('startRecording', {});
});
