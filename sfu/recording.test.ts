import { observer, type types } from 'mediasoup';
import { expect, test } from 'vitest';
import { HEARTBEAT_TIMEOUT_MS } from '../protocol/recorder.ts';
import { rtpCapabilities } from './fixtures/browser-offer.ts';
import { TestParticipant } from './fixtures/test-participant.ts';
import { TestRecorder } from './fixtures/test-recorder.ts';
import { openTestSfu } from './fixtures/test-sfu.ts';
import { until } from './fixtures/until.ts';
import { COMMAND_TIMEOUT_MS } from './recording/recorder-link.ts';
import { RESUME_ELSEWHERE_MS } from './recording/recording.ts';

const host = { role: 'host', name: 'Hanna', connectionId: 'hanna' } as const;

/** A host who sends camera and microphone, and a recorder. */
async function openMeeting() {
  const sfu = await openTestSfu();
  const [hanna, recorder] = await Promise.all([TestParticipant.join(sfu, host), TestRecorder.connect(sfu)]);
  const microphone = await hanna.send('microphone');
  const camera = await hanna.send('camera');
  return { sfu, hanna, recorder, microphone, camera };
}

/** The same, with the light on. */
async function openRecordedMeeting() {
  const meeting = await openMeeting();
  const { hanna, recorder } = meeting;
  const { recordingId } = await hanna.ask('startRecording', {});
  await recorder.untilTold('addStream hanna camera');
  recorder.beatWithBytes('hanna');
  await hanna.untilRecording('recording');
  return { ...meeting, recordingId };
}

/** The plain transports' consumers that this process makes from now on. */
function watchConsumers(): types.Consumer[] {
  const consumers: types.Consumer[] = [];
  observer.on('newworker', (worker) =>
    worker.observer.on('newrouter', (router) =>
      router.observer.on('newtransport', (transport) => {
        if (transport.type !== 'plain') return;
        transport.observer.on('newconsumer', (consumer) => consumers.push(consumer));
      }),
    ),
  );
  return consumers;
}

test('a stream flows only after the recorder has acknowledged it', async () => {
  const consumers = watchConsumers();
  const { hanna, recorder } = await openMeeting();
  const acknowledge = recorder.hold('addStream');
  await hanna.ask('startRecording', {});
  await until('both streams are announced', () => recorder.named('addStream').length === 2);
  expect(recorder.diary.slice(0, 3)).toEqual(['start', 'openReceiver hanna', 'connectReceiver hanna']);
  expect(consumers.map(({ paused }) => paused)).toEqual([true, true]);
  acknowledge();
  await until('both flow', () => consumers.every(({ paused }) => !paused));
  const announced = recorder.named('addStream').map(({ params }) => params.stream);
  for (const consumer of consumers) {
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
  const joined = await back.ask('join', { rtpCapabilities });
  expect(joined.consent).toBe('accepted');
  expect(joined.recording.status).toBe('recording');
  await until('what was sent is removed', () => recorder.named('removeStream').length === 2);
  await back.send('camera');
  await recorder.untilTold('addStream hanna camera', 2);
  expect(recorder.named('openReceiver')).toHaveLength(1);
  expect(recorder.named('closeReceiver')).toHaveLength(0);
});

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
  const before = recorder.named('connectReceiver')[0]?.params.from;
  recorder.close();
  await hanna.untilRecording('lost');
  const next = await TestRecorder.connect(sfu, { instanceId: 'process-2' });
  await next.untilTold('addStream hanna camera');
  expect(next.named('start')[0]?.params.recordingId).toBe(recordingId);
  expect(next.named('connectReceiver')[0]?.params.from).not.toEqual(before);
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
    other.beat();
    await hanna.ask('hello', {});
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
  await TestRecorder.connect(sfu, { capacity: 1 });
  const hanna = await TestParticipant.join(sfu, host);
  const hugo = await TestParticipant.join(sfu, { ...host, meeting: 'm2', connectionId: 'hugo' });
  await hanna.ask('startRecording', {});
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
      recorder.beat();
      await hanna.ask('hello', {});
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

test('a recording ends 60 s after the last person has left', async () => {
  const { sfu, hanna, recorder } = await openRecordedMeeting();
  await hanna.ask('leave', {});
  await recorder.untilTold('closeReceiver hanna left');
  for (let waitedMs = 0; waitedMs < 60_000; waitedMs += 1000) {
    expect(recorder.diary).not.toContain('stop empty');
    recorder.beat();
    await hanna.ask('hello', {});
    sfu.clock.advance(1000);
  }
  await recorder.untilTold('stop empty');
});

test('closing the server completes what is being recorded', async () => {
  const { sfu, recorder } = await openRecordedMeeting();
  await sfu.close();
  expect(recorder.diary).toContain('stop ended');
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
