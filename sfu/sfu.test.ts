import type { Socket } from 'socket.io-client';
import { expect, test } from 'vitest';
import type { ErrorBody } from '#protocol/errors.ts';
import { provenParts, type RecorderHandshake } from '#protocol/recorder.ts';
import { FRONT_DOOR_HEADER } from '#protocol/token-proof.ts';
import { PROTOCOL_VERSION } from '#protocol/version.ts';
import { makeNonce, proofOf } from '#service/token-proof.ts';
import { REQUEST_LIMITS } from './signalling/request-limits.ts';
import { rtpCapabilities } from './testing/browser-offer.ts';
import { connect, makeToken, TestParticipant } from './testing/test-participant.ts';
import { answerChallenge, TestRecorder } from './testing/test-recorder.ts';
import { openTestSfu, RECORDER_TOKEN, type TestSfu } from './testing/test-sfu.ts';
import { until } from './testing/until.ts';

const claims = {
  meeting: 'm1',
  meetingName: 'Monday',
  role: 'participant',
  name: 'Pat',
  connectionId: 'pat',
};
const host = { role: 'host', name: 'Hanna', connectionId: 'hanna' } as const;

async function refusal(sfu: TestSfu, token: string, version = PROTOCOL_VERSION): Promise<string> {
  const answer = await connect(sfu.url, { token, version });
  return 'emit' in answer ? 'let in' : answer.code;
}

test('a token lets in or is refused, each with its code', async () => {
  const sfu = await openTestSfu();
  const nowMs = sfu.clock.nowMs();
  const good = await makeToken(claims, nowMs);
  expect(await refusal(sfu, good)).toBe('let in');
  expect(await refusal(sfu, good, 999)).toBe('protocol-mismatch');
  expect(await refusal(sfu, await makeToken(claims, nowMs, { lifetimeS: -1 }))).toBe('token-expired');
  const forged = await makeToken(claims, nowMs, { secret: 'some other secret than ours' });
  expect(await refusal(sfu, forged)).toBe('token-invalid');
  expect(await refusal(sfu, 'nonsense')).toBe('token-invalid');
  expect(await refusal(sfu, '')).toBe('token-invalid');
  expect(await refusal(sfu, await makeToken({ ...claims, name: 'x'.repeat(81) }, nowMs))).toBe(
    'token-invalid',
  );
  expect(await refusal(sfu, await makeToken({ ...claims, connectionId: '../up' }, nowMs))).toBe(
    'token-invalid',
  );
});

test.each([8, -8])(
  'a token is judged by what the wall clock shows, also when that was set by %s h',
  async (hours) => {
    const sfu = await openTestSfu();
    sfu.clock.stepWall(hours * 3_600_000);
    const madeAgo = (ms: number) => makeToken(claims, sfu.clock.wallMs() - ms, { lifetimeS: 12 * 3600 });
    expect(await refusal(sfu, await madeAgo(0))).toBe('let in');
    expect(await refusal(sfu, await madeAgo(6 * 3_600_000))).toBe('let in');
    expect(await refusal(sfu, await madeAgo(13 * 3_600_000))).toBe('token-expired');
  },
);

test('[TURN1] hello comes before join, and tells what the lobby shows', async () => {
  const sfu = await openTestSfu();
  const pat = await TestParticipant.open(sfu, { meetingName: 'Monday' });
  const hello = await pat.ask('hello', {});
  expect(hello).toMatchObject({
    connectionId: 'pat',
    meetingId: 'm1',
    meetingName: 'Monday',
    role: 'participant',
  });
  expect(hello.recording).toEqual({ status: 'off' });
  const codecs = (hello.routerRtpCapabilities.codecs ?? []).map(({ mimeType }) => mimeType);
  expect(codecs.filter((one) => !one.endsWith('rtx'))).toEqual(['audio/opus', 'video/H264', 'video/VP8']);
  const extensions = (hello.routerRtpCapabilities.headerExtensions ?? []).map(({ uri }) => uri);
  expect(extensions).toContain('urn:ietf:params:rtp-hdrext:sdes:mid');
  expect(extensions.filter((uri) => /abs-capture-time|video-orientation/.test(uri))).toEqual([]);
});

test('requests before joining, unknown ones and malformed ones are answered, and the socket lives on', async () => {
  const sfu = await openTestSfu();
  const pat = await TestParticipant.open(sfu);
  const fails = (code: string) => ({ ok: false, error: { code } });
  expect(await pat.raw('createTransport', { direction: 'send' })).toMatchObject(fails('not-joined'));
  expect(await pat.raw('startRecording', {})).toMatchObject(fails('not-joined'));
  expect(await pat.raw('nonsense', {})).toMatchObject(fails('unknown-message'));
  expect(await pat.raw('toString', {})).toMatchObject(fails('unknown-message'));
  pat.socket.emit('nonsense without an answer');
  for (const params of [undefined, null, 7, 'text', [], {}, { transportId: 'x'.repeat(100_000) }]) {
    expect(await pat.raw('produce', params)).toMatchObject(fails('bad-request'));
  }
  await pat.ask('join', { rtpCapabilities });
  expect(await pat.raw('join', { rtpCapabilities })).toMatchObject(fails('already-joined'));
  expect(await pat.raw('startRecording', {})).toMatchObject(fails('not-host'));
  expect(await pat.raw('stopRecording', {})).toMatchObject(fails('not-host'));
  expect(await pat.raw('answerConsent', { answer: 'accepted' })).toMatchObject(fails('recording-off'));
  expect(
    await pat.raw('connectTransport', {
      transportId: 'none',
      dtlsParameters: { fingerprints: [{ algorithm: 'sha-256', value: 'x' }] },
    }),
  ).toMatchObject(fails('transport-not-found'));
  expect(await pat.raw('consume', { producerId: 'none' })).toMatchObject(fails('transport-not-found'));
  await pat.ask('createTransport', { direction: 'receive' });
  expect(await pat.raw('consume', { producerId: 'none' })).toMatchObject(fails('producer-not-found'));
  expect(await pat.raw('resumeConsumer', { consumerId: 'none' })).toMatchObject(fails('consumer-not-found'));
  expect(await pat.raw('closeProducer', { producerId: 'none' })).toMatchObject(fails('producer-not-found'));
  expect(await pat.raw('leave', {})).toEqual({ ok: true });
});

test('an oversized message ends its socket and nothing else', async () => {
  const sfu = await openTestSfu();
  const [pat, quinn] = [
    await TestParticipant.join(sfu),
    await TestParticipant.join(sfu, { connectionId: 'quinn' }),
  ];
  pat.socket.emit('join', 'x'.repeat(1024 * 1024));
  await until('the socket is closed', () => pat.socket.disconnected);
  expect((await quinn.ask('hello', {})).connectionId).toBe('quinn');
  await until('the others are told', () => quinn.heard('personChanged').at(-1)?.person.connected === false);
});

test('a flood is refused', async () => {
  const sfu = await openTestSfu();
  const pat = await TestParticipant.open(sfu);
  const { burst } = REQUEST_LIMITS.leave;
  const replies = await Promise.all(Array.from({ length: burst + 1 }, () => pat.raw('leave', {})));
  expect(replies.filter((reply) => (reply as { ok: boolean }).ok)).toHaveLength(burst);
  expect(replies.at(-1)).toMatchObject({ ok: false, error: { code: 'rate-limited', retryAfterMs: 1000 } });
  sfu.clock.advance(1000);
  expect(await pat.raw('leave', {})).toEqual({ ok: true });
});

test('people see each other come, send, mute, stop sending and go', async () => {
  const sfu = await openTestSfu();
  const hanna = await TestParticipant.join(sfu, host);
  const camera = await hanna.send('camera');
  const pat = await TestParticipant.open(sfu);
  const { people } = await pat.ask('join', { rtpCapabilities });
  expect(people).toEqual([
    {
      connectionId: 'hanna',
      name: 'Hanna',
      role: 'host',
      connected: true,
      producers: [{ producerId: camera, source: 'camera', paused: false, codec: 'h264' }],
    },
  ]);
  await until('pat is seen', () => hanna.heard('personJoined').length === 1);
  const microphone = await pat.send('microphone', { paused: true });
  await until('the microphone is seen', () => hanna.heard('producerAdded').length === 1);
  expect(hanna.heard('producerAdded')[0]).toEqual({
    connectionId: 'pat',
    producer: { producerId: microphone, source: 'microphone', paused: true },
  });
  await hanna.ask('createTransport', { direction: 'receive' });
  const consumer = await hanna.ask('consume', { producerId: microphone });
  expect(consumer).toMatchObject({ producerId: microphone, kind: 'audio' });
  await hanna.ask('resumeConsumer', { consumerId: consumer.consumerId });
  await pat.ask('setProducerPaused', { producerId: microphone, paused: false });
  await until('unmuted', () => hanna.heard('producerChanged').at(-1)?.producer.paused === false);
  const second = await pat.send('microphone');
  await until(
    'one took the place of the other',
    () => hanna.heard('producerRemoved')[0]?.producerId === microphone,
  );
  await pat.ask('closeProducer', { producerId: second });
  await until('closed', () => hanna.heard('producerRemoved').at(-1)?.producerId === second);
  await pat.ask('leave', {});
  await until('gone', () => hanna.heard('personLeft')[0]?.connectionId === 'pat');
  expect(pat.heard('producerAdded')).toEqual([]);
});

test('a browser that cannot play what somebody sends is told so', async () => {
  const sfu = await openTestSfu();
  const hanna = await TestParticipant.join(sfu, host);
  const camera = await hanna.send('camera');
  const pat = await TestParticipant.open(sfu);
  const codecs = rtpCapabilities.codecs.filter(({ kind }) => kind === 'audio');
  await pat.ask('join', { rtpCapabilities: { codecs } });
  await pat.ask('createTransport', { direction: 'receive' });
  await expect(pat.ask('consume', { producerId: camera })).rejects.toMatchObject({ code: 'cannot-consume' });
});

test('what the media server does not take is a bad request', async () => {
  const sfu = await openTestSfu();
  const pat = await TestParticipant.join(sfu);
  const { transport } = await pat.ask('createTransport', { direction: 'send' });
  const rtpParameters = { codecs: [{ mimeType: 'video/theora', payloadType: 99, clockRate: 90000 }] };
  const params = { transportId: transport.id, source: 'camera' as const, rtpParameters, paused: false };
  await expect(pat.ask('produce', params)).rejects.toMatchObject({ code: 'bad-request' });
});

test('there is one host; one that is waited for makes room', async () => {
  const sfu = await openTestSfu();
  const hanna = await TestParticipant.join(sfu, host);
  const other = await TestParticipant.open(sfu, { ...host, connectionId: 'hugo' });
  expect((await other.ask('hello', {})).role).toBe('host');
  expect((await other.ask('join', { rtpCapabilities })).role).toBe('participant');
  await other.ask('leave', {});
  const pat = await TestParticipant.join(sfu);
  hanna.socket.disconnect();
  await until('hanna is missed', () => pat.heard('personChanged')[0]?.person.connected === false);
  expect((await other.ask('join', { rtpCapabilities })).role).toBe('host');
  await until('hanna is gone', () => pat.heard('personLeft')[0]?.connectionId === 'hanna');
});

test('the same person in another window takes over', async () => {
  const sfu = await openTestSfu();
  const first = await TestParticipant.join(sfu);
  const hanna = await TestParticipant.join(sfu, host);
  const camera = await first.send('camera');
  const second = await TestParticipant.open(sfu);
  await until(
    'the first is told',
    () => first.heard('ended')[0]?.reason === 'replaced' && first.socket.disconnected,
  );
  await second.ask('join', { rtpCapabilities });
  await until('back', () => hanna.heard('personChanged').at(-1)?.person.connected === true);
  await until('what the first sent is gone', () => hanna.heard('producerRemoved')[0]?.producerId === camera);
  sfu.clock.advance(60_000);
  await hanna.ask('hello', {});
  expect(hanna.heard('personLeft')).toEqual([]);
});

test('a lost socket is waited for 30 s', async () => {
  const sfu = await openTestSfu();
  const hanna = await TestParticipant.join(sfu, host);
  const pat = await TestParticipant.join(sfu);
  await pat.send('camera');
  pat.socket.disconnect();
  await until('pat is missed', () => hanna.heard('personChanged')[0]?.person.connected === false);
  expect(hanna.heard('personChanged')[0]?.person.producers).toHaveLength(1);
  sfu.clock.advance(29_999);
  await hanna.ask('hello', {});
  expect(hanna.heard('personLeft')).toEqual([]);
  sfu.clock.advance(1);
  await until('pat is gone', () => hanna.heard('personLeft')[0]?.connectionId === 'pat');
});

test('rooms and people are bounded', async () => {
  const sfu = await openTestSfu({ MAX_ROOMS: 1, MAX_PEOPLE_PER_ROOM: 1 });
  const pat = await TestParticipant.join(sfu);
  const quinn = await TestParticipant.open(sfu, { connectionId: 'quinn' });
  await expect(quinn.ask('join', { rtpCapabilities })).rejects.toMatchObject({ code: 'room-full' });
  await expect(TestParticipant.open(sfu, { meeting: 'm2' })).rejects.toThrow('rooms-full');
  await pat.ask('leave', {});
  pat.socket.disconnect();
  quinn.socket.disconnect();
  const free = async () => (await health(sfu)).rooms === 0;
  await until('the meeting is closed', free);
  await TestParticipant.join(sfu, { meeting: 'm2' });
});

const recorderAuth = (nonce = makeNonce()) => ({
  nonce,
  version: PROTOCOL_VERSION,
  recorderId: 'rec-1',
  instanceId: 'other',
  capacity: 1,
});

/** Connects as a recorder; the answer is its socket once the SFU has let it in, or the error. */
async function connectRecorder(
  sfu: TestSfu,
  changes: Partial<RecorderHandshake> & { token?: string; extraHeaders?: Record<string, string> } = {},
): Promise<Socket | ErrorBody> {
  const { extraHeaders = {}, token = RECORDER_TOKEN, ...rest } = changes;
  const auth = { ...recorderAuth(), ...rest };
  return new Promise((resolve) => {
    const prepare = (socket: Socket): void => {
      answerChallenge(socket, auth, token);
      socket.on('welcome', () => resolve(socket));
      socket.on('refused', resolve);
    };
    void connect(`${sfu.url}/recorder`, auth, extraHeaders, prepare).then((answer) => {
      if (!('emit' in answer)) resolve(answer);
    });
  });
}

test('a recorder needs the token, the version and an id of its own', async () => {
  const sfu = await openTestSfu();
  const attempt = (changes: Parameters<typeof connectRecorder>[1]) => connectRecorder(sfu, changes);
  expect(await attempt({ token: 'wrong' })).toMatchObject({ code: 'recorder-token-wrong' });
  expect(await attempt({ version: 0 })).toMatchObject({ code: 'protocol-mismatch' });
  expect(await attempt({ capacity: -1 })).toMatchObject({ code: 'bad-request' });
  const first = await TestRecorder.connect(sfu);
  expect(await attempt({})).toMatchObject({ code: 'recorder-id-taken' });
  sfu.clock.advance(1500);
  expect(await attempt({})).toHaveProperty('connected', true);
  await until('the silent one is put out', () => first.socket.disconnected);
});

test('a recorder of before, which sends the token itself, is told that it is out of date', async () => {
  const sfu = await openTestSfu();
  const auth = { token: RECORDER_TOKEN, version: 1, recorderId: 'rec-1', instanceId: 'x', capacity: 1 };
  expect(await connect(`${sfu.url}/recorder`, auth)).toMatchObject({ code: 'protocol-mismatch' });
});

test('whoever came in by the front door is no recorder, even with the token', async () => {
  const sfu = await openTestSfu();
  const answer = await connectRecorder(sfu, { extraHeaders: { [FRONT_DOOR_HEADER]: '1' } });
  expect(answer).toMatchObject({ code: 'forbidden' });
  expect(await health(sfu)).toMatchObject({ recorders: 0 });
});

test('what a recorder proved with once is worth nothing on another connection', async () => {
  const sfu = await openTestSfu();
  const nonce = makeNonce();
  const auth = recorderAuth(nonce);
  const heard: { proof: string }[] = [];
  /** Answers as `answer` says; resolves with whether it was let in. */
  const open = (answer: (nonce: string) => object): Promise<boolean> =>
    new Promise((resolve) => {
      const prepare = (socket: Socket): void => {
        socket.on('challenge', (data, reply) => reply(answer(data.nonce)));
        socket.on('welcome', (data) => {
          heard.push(data);
          resolve(true);
        });
        socket.on('refused', () => resolve(false));
      };
      void connect(`${sfu.url}/recorder`, auth, {}, prepare);
    });
  let proof = '';
  const isIn = await open((sfuNonce) => {
    proof = proofOf(RECORDER_TOKEN, 'recorder-to-sfu', provenParts(auth, sfuNonce));
    return { proof };
  });
  expect(isIn).toBe(true);
  expect(await open(() => ({ proof }))).toBe(false);
  // Nor is the SFU's own proof, sent back to it, nor anything that is none.
  expect(await open(() => heard[0] ?? {})).toBe(false);
  expect(await open(() => ({}))).toBe(false);
});

test('without a recorder, Record says so and nobody is asked', async () => {
  const sfu = await openTestSfu();
  const hanna = await TestParticipant.join(sfu, host);
  const pat = await TestParticipant.join(sfu);
  expect(await hanna.raw('startRecording', {})).toEqual({
    ok: false,
    error: { code: 'no-recorder', message: 'No recorder is connected.' },
  });
  await pat.ask('hello', {});
  expect(pat.recordingStates).toEqual([]);
});

test('health and metrics stand on the same port', async () => {
  const sfu = await openTestSfu();
  await TestParticipant.join(sfu);
  expect(await refusal(sfu, 'nonsense')).toBe('token-invalid');
  expect(await health(sfu)).toMatchObject({ ok: true, workers: 1, rooms: 1, people: 1, recorders: 0 });
  const metrics = await (await fetch(`${sfu.url}/metrics`)).text();
  expect(metrics).toContain('verbatim_people 1');
  expect(metrics).toContain('verbatim_kernel_dropped_datagrams_total 0');
  expect(metrics).toMatch(/verbatim_receive_buffer_bytes [1-9]/);
  expect(metrics).toContain('verbatim_refused_sockets_total{who="participant",code="token-invalid"} 1');
  expect(metrics).toContain('verbatim_requests_total{request="join",result="ok"} 1');
  expect((await fetch(`${sfu.url}/elsewhere`)).status).toBe(404);
});

async function health(sfu: TestSfu): Promise<Record<string, unknown>> {
  return (await (await fetch(`${sfu.url}/healthz`)).json()) as Record<string, unknown>;
}
