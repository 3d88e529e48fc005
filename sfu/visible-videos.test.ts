import { observer, type types } from 'mediasoup';
import { expect, test } from 'vitest';
import { rtpCapabilities } from './testing/browser-offer.ts';
import { TestParticipant } from './testing/test-participant.ts';
import { openTestSfu } from './testing/test-sfu.ts';

const host = { role: 'host', name: 'Hanna', connectionId: 'hanna' } as const;

/** Every consumer that is made from now on, by producer. */
function watchConsumers(): Map<string, types.Consumer> {
  const consumers = new Map<string, types.Consumer>();
  const watch = (worker: types.Worker): void => {
    worker.observer.on('newrouter', (router) =>
      router.observer.on('newtransport', (transport) =>
        transport.observer.on('newconsumer', (consumer) => consumers.set(consumer.producerId, consumer)),
      ),
    );
  };
  observer.once('newworker', watch);
  return consumers;
}

async function openMeeting() {
  const consumers = watchConsumers();
  const sfu = await openTestSfu();
  const hanna = await TestParticipant.join(sfu, host);
  const pat = await TestParticipant.join(sfu);
  await pat.ask('createTransport', { direction: 'receive' });
  const receive = async (producerId: string) => {
    const { consumerId } = await pat.ask('consume', { producerId });
    await pat.ask('resumeConsumer', { consumerId });
    return consumerId;
  };
  const consumerOf = (producerId: string): types.Consumer => {
    const consumer = consumers.get(producerId);
    if (!consumer) throw new Error('not consumed');
    return consumer;
  };
  return { sfu, hanna, pat, receive, consumerOf };
}

test('a page that never tells what it shows gets everything', async () => {
  const { hanna, receive, consumerOf } = await openMeeting();
  const camera = await hanna.send('camera');
  await receive(camera);
  expect(consumerOf(camera).paused).toBe(false);
});

test('videos that are not shown are paused, sound never', async () => {
  const { hanna, pat, receive, consumerOf } = await openMeeting();
  const [camera, screen, microphone] = [
    await hanna.send('camera'),
    await hanna.send('screen'),
    await hanna.send('microphone'),
  ];
  for (const one of [camera, screen, microphone]) await receive(one);
  const tile = { width: 320, height: 180 };
  const paused = () => [camera, screen, microphone].map((one) => consumerOf(one).paused);
  await pat.ask('setVisibleVideos', { videos: [{ producerId: camera, ...tile }] });
  expect(paused()).toEqual([false, true, false]);
  await pat.ask('setVisibleVideos', { videos: [{ producerId: screen, ...tile }] });
  expect(paused()).toEqual([true, false, false]);
  expect(consumerOf(screen).priority).toBe(255);
  await pat.ask('setVisibleVideos', { videos: [] });
  expect(paused()).toEqual([true, true, false]);
});

test('being shown does not start what the page is not ready for', async () => {
  const { hanna, pat, receive, consumerOf } = await openMeeting();
  const camera = await hanna.send('camera');
  const consumerId = await receive(camera);
  await pat.ask('pauseConsumer', { consumerId });
  await pat.ask('setVisibleVideos', { videos: [{ producerId: camera, width: 320, height: 180 }] });
  expect(consumerOf(camera).paused).toBe(true);
  await pat.ask('resumeConsumer', { consumerId });
  expect(consumerOf(camera).paused).toBe(false);
});

test('simulcast comes in the layer that fills the tile, also when the tile was there first', async () => {
  const { hanna, pat, receive, consumerOf } = await openMeeting();
  const camera = await hanna.send('camera', { layers: 3 });
  const show = (width: number, height: number) =>
    pat.ask('setVisibleVideos', { videos: [{ producerId: camera, width, height }] });
  await show(320, 180);
  await receive(camera);
  expect(consumerOf(camera).type).toBe('simulcast');
  const layer = () => consumerOf(camera).preferredLayers?.spatialLayer;
  expect(layer()).toBe(0);
  await show(640, 360);
  expect(layer()).toBe(1);
  const before = consumerOf(camera).priority;
  await show(1280, 720);
  expect(layer()).toBe(2);
  expect(consumerOf(camera).priority).toBeGreaterThan(before);
});

test('a transport offers UDP and, where that is shut, TCP', async () => {
  const { pat } = await openMeeting();
  const { transport } = await pat.ask('createTransport', { direction: 'send' });
  const protocols = transport.iceCandidates.map((candidate) => `${candidate.protocol}`);
  expect([...protocols].sort()).toEqual(['tcp', 'udp']);
});

test('a meeting for browsers without H.264 prefers VP8, and says so', async () => {
  const sfu = await openTestSfu({
    ICE_SERVERS: [{ urls: 'turn:turn.example.org', username: 'u', credential: 'c' }],
  });
  const pat = await TestParticipant.open(sfu, { videoCodec: 'vp8' });
  const hello = await pat.ask('hello', {});
  expect(hello.videoCodec).toBe('vp8');
  expect(hello.iceServers).toEqual([{ urls: 'turn:turn.example.org', username: 'u', credential: 'c' }]);
  const codecs = (hello.routerRtpCapabilities.codecs ?? []).map(({ mimeType }) => mimeType);
  expect(codecs.filter((one) => !one.endsWith('rtx'))).toEqual(['audio/opus', 'video/VP8', 'video/H264']);
  await pat.ask('join', { rtpCapabilities });
  const quinn = await TestParticipant.open(sfu, { connectionId: 'quinn' });
  expect((await quinn.ask('hello', {})).videoCodec).toBe('vp8');
  const rita = await TestParticipant.open(sfu, { meeting: 'm2', connectionId: 'rita' });
  expect((await rita.ask('hello', {})).videoCodec).toBe('h264');
});

test('an operator chooses what meetings prefer', async () => {
  const sfu = await openTestSfu({ VIDEO_CODEC: 'vp8' });
  const pat = await TestParticipant.open(sfu);
  expect((await pat.ask('hello', {})).videoCodec).toBe('vp8');
});
