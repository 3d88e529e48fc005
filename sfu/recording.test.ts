import { expect, test } from 'vitest';
import { compactUtc } from '#protocol/identifiers.ts';
import { watchConsumers } from './testing/plain-consumers.ts';
import { host, openMeeting, openRecordedMeeting } from './testing/recorded-meeting.ts';
import { TestParticipant } from './testing/test-participant.ts';
import { TestRecorder } from './testing/test-recorder.ts';
import { openTestSfu } from './testing/test-sfu.ts';
import { until } from './testing/until.ts';

test('a stream flows only after the recorder has acknowledged it', async () => {
  const consumers = watchConsumers();
  // A way that was not ready when Record was pressed is given back, with its own.
  const open = () => consumers.filter(({ closed }) => !closed);
  const { hanna, recorder } = await openMeeting();
  const acknowledge = recorder.hold('addStream');
  await hanna.ask('startRecording', {});
  await until('both streams are announced', () => recorder.named('addStream').length === 2);
  expect(recorder.diary.slice(0, 3)).toEqual(['start', 'openReceiver hanna', 'connectReceiver hanna']);
  expect(consumers.every(({ paused }) => paused)).toBe(true);
  acknowledge();
  await until('both flow', () => open().length === 2 && open().every(({ paused }) => !paused));
  const announced = recorder.named('addStream').map(({ params }) => params.stream);
  for (const consumer of open()) {
    const stream = announced.find(({ streamId }) => streamId === consumer.id);
    expect(stream?.ssrc).toBe(consumer.rtpParameters.encodings?.[0]?.ssrc);
  }
});

test('the recorder is offered H.264 and Opus with NACK, and neither RTX nor bandwidth estimation', async () => {
  const { hanna, recorder } = await openMeeting();
  await hanna.ask('startRecording', {});
  await until('both streams are announced', () => recorder.named('addStream').length === 2);
  const streams = recorder.named('addStream').map(({ params }) => params.stream);
  const codecs = Object.fromEntries(streams.map(({ source, codec }) => [source, codec]));
  const feedback = (source: string) =>
    codecs[source]?.rtcpFeedback?.map((one) => `${one.type} ${one.parameter ?? ''}`.trim());
  expect(codecs.microphone?.mimeType).toBe('audio/opus');
  expect(feedback('microphone')).toEqual(['nack']);
  expect(codecs.camera?.mimeType).toBe('video/H264');
  expect(feedback('camera')).toEqual(['nack', 'nack pli', 'ccm fir']);
});

test('the light goes on with the first bytes on disk, and Stop answers when all is complete', async () => {
  const { sfu, hanna, recorder } = await openMeeting();
  const { recordingId } = await hanna.ask('startRecording', {});
  expect(hanna.recordingStates).toEqual(['starting']);
  recorder.files = [{ connectionId: 'hanna', source: 'camera', state: 'waiting', bytes: 0, durationMs: 0 }];
  recorder.beat();
  await until('progress is told', () => hanna.heard('recordingProgress').length === 1);
  expect(hanna.recordingStates).toEqual(['starting']);
  sfu.clock.advance(300);
  recorder.beatWithBytes('hanna');
  await hanna.untilRecording('recording');
  expect(hanna.heard('recordingChanged').at(-1)?.recording).toEqual({
    status: 'recording',
    recordingId,
    elapsedMs: 300,
  });
  expect(hanna.heard('recordingProgress').at(-1)?.people).toEqual([
    { connectionId: 'hanna', state: 'recording', bytes: 5000, durationMs: 400 },
  ]);
  const complete = recorder.hold('stop');
  const stopped = hanna.ask('stopRecording', {});
  await hanna.untilRecording('stopping');
  expect(await hanna.raw('stopRecording', {})).toMatchObject({ error: { code: 'recording-off' } });
  complete();
  expect(await stopped).toEqual({ recordingId });
  await hanna.untilRecording('off');
  expect(recorder.named('stop')[0]?.params).toEqual({
    recordingId,
    reason: 'host',
    lastFact: recorder.lastFact,
  });
  const again = await hanna.ask('startRecording', {});
  expect(again.recordingId).not.toBe(recordingId);
});

test('what is sent later, muted, stopped and left reaches the recorder in order', async () => {
  const { sfu, hanna, recorder, microphone } = await openRecordedMeeting();
  const screen = await hanna.send('screen');
  await recorder.untilTold('addStream hanna screen');
  await hanna.ask('setProducerPaused', { producerId: microphone, paused: true });
  await hanna.ask('closeProducer', { producerId: screen });
  await until('the screen is removed', () => recorder.named('removeStream').length === 1);
  await until('the mute is a fact', () => recorder.facts.some(({ type }) => type === 'paused'));
  expect(recorder.facts.find(({ type }) => type === 'paused')).toMatchObject({
    connectionId: 'hanna',
    source: 'microphone',
    paused: true,
  });
  const pat = await TestParticipant.join(sfu, {}, 'accepted');
  await pat.send('camera', { paused: true });
  await recorder.untilTold('addStream pat camera');
  expect(recorder.named('addStream').at(-1)?.params.stream.paused).toBe(true);
  await pat.ask('leave', {});
  await recorder.untilTold('closeReceiver pat left');
  expect(recorder.facts.map(({ seq }) => seq)).toEqual(recorder.facts.map((_, index) => index + 1));
});

test('a person who comes back goes on in the same receiver', async () => {
  const { sfu, hanna, recorder } = await openRecordedMeeting();
  hanna.socket.disconnect();
  const back = await TestParticipant.open(sfu, host);
  await back.enter();
  expect(back.snapshot).toMatchObject({ consent: 'accepted', recording: { status: 'recording' } });
  await until('what was sent is removed', () => recorder.named('removeStream').length === 2);
  await back.send('camera');
  await recorder.untilTold('addStream hanna camera', 2);
  expect(recorder.named('openReceiver')).toHaveLength(1);
  expect(recorder.named('closeReceiver')).toHaveLength(0);
});

test('a recording ends 60 s after the last person has left', async () => {
  const { sfu, hanna, recorder } = await openRecordedMeeting();
  await hanna.ask('leave', {});
  await recorder.untilTold('closeReceiver hanna left');
  for (let waitedMs = 0; waitedMs < 60_000; waitedMs += 1000) {
    expect(recorder.diary).not.toContain('stop empty');
    await recorder.beat();
    sfu.clock.advance(1000);
  }
  await recorder.untilTold('stop empty');
});

test('closing the server completes what is being recorded', async () => {
  const { sfu, recorder } = await openRecordedMeeting();
  await sfu.close();
  expect(recorder.diary).toContain('stop ended');
});

test.each([8, -8])(
  '[WALL1] after the clock was set by %s h a recording has the wall clock’s date, and media their own time',
  async (hours) => {
    const { sfu, hanna, recorder } = await openMeeting();
    const aheadMs = hours * 3_600_000;
    sfu.clock.stepWall(aheadMs);
    const { recordingId } = await hanna.ask('startRecording', {});
    const [start] = recorder.named('start');
    expect(start?.params).toMatchObject({ startedAtMs: sfu.clock.nowMs(), wallAheadMs: aheadMs });
    expect(recordingId.slice(0, 19)).toBe(compactUtc(sfu.clock.wallMs()));
  },
);

test('how a meeting is recorded is what the first token says, and the recorder’s own choice where it says nothing', async () => {
  const sfu = await openTestSfu();
  const recorder = await TestRecorder.connect(sfu);
  for (const [meeting, audioCodec] of [
    ['kept', 'opus'],
    ['usual', undefined],
  ] as const) {
    const claims = { ...host, meeting, ...(audioCodec && { audioCodec }) };
    const hanna = await TestParticipant.join(sfu, claims);
    await hanna.ask('startRecording', {});
    expect(recorder.named('start').at(-1)?.params).toMatchObject({ meetingId: meeting });
    expect(recorder.named('start').at(-1)?.params.audioCodec).toBe(audioCodec);
  }
});
