import { beforeEach, describe, expect, test } from 'vitest';
import { Fault } from '#protocol/errors.ts';
import type { ProducerInfo } from '#protocol/people.ts';
import { ManualClock } from '#service/testing/manual-clock.ts';
import { LocalDevices } from '../capture/local-devices.ts';
import type { SignallingConnection } from '../ports/signalling.ts';
import { Preferences } from '../preferences.ts';
import { MemoryCapture } from '../testing/memory-capture.ts';
import { MemoryEngine } from '../testing/memory-media.ts';
import { MemorySignalling } from '../testing/memory-signalling.ts';
import { memoryStorage } from '../testing/memory-storage.ts';
import { settled } from '../testing/settled.ts';
import { testTrack } from '../testing/tracks.ts';
import { LOOK_MS, MediaLink } from './media-link.ts';

let capture: MemoryCapture;
let devices: LocalDevices;
let engine: MemoryEngine;
let server: MemorySignalling;
let connection: SignallingConnection;
let failures: string[];
let encoders: string[];
let broken: number;
let blocked: boolean[];
let clock: ManualClock;
let link: MediaLink;

beforeEach(async () => {
  capture = new MemoryCapture();
  devices = new LocalDevices(capture, new Preferences(memoryStorage()));
  engine = new MemoryEngine();
  server = new MemorySignalling();
  connection = server.openConnected();
  failures = [];
  encoders = [];
  broken = 0;
  clock = new ManualClock();
  blocked = [];
  link = new MediaLink(devices, clock, {
    encoderReplaced: (source) => encoders.push(`${source} in VP8`),
    encoderFailed: (source) => encoders.push(`${source} not at all`),
    sendFailed: (source, cause) => failures.push(`${source}: ${Fault.from(cause).code}`),
    blocked: (isBlocked) => blocked.push(isBlocked),
    broken: () => {
      broken += 1;
    },
  });
  await devices.openBoth();
});

async function start(): Promise<void> {
  await link.start(connection, await engine.load(), []);
  await settled();
}

const microphone: ProducerInfo = { producerId: 'ben-mic', source: 'microphone', paused: false };
const camera: ProducerInfo = { producerId: 'ben-cam', source: 'camera', paused: false };

describe('what is sent', () => {
  test('is what the devices give, sound first', async () => {
    await start();
    expect(server.params('produce')).toMatchObject([
      { source: 'microphone', paused: false },
      { source: 'camera', paused: false },
    ]);
    expect(server.params('connectTransport').length).toBe(1);
  });

  test('keeps one producer through mute and camera off', async () => {
    await start();
    await devices.toggleMicrophone();
    await settled();
    await devices.toggleCamera();
    await settled();
    await devices.toggleCamera();
    await settled();
    await devices.toggleMicrophone();
    await settled();
    expect(server.params('produce').length).toBe(2);
    expect(server.params('setProducerPaused')).toEqual([
      { producerId: 'own-microphone', paused: true },
      { producerId: 'own-camera', paused: true },
      { producerId: 'own-camera', paused: false },
      { producerId: 'own-microphone', paused: false },
    ]);
    expect(engine.log).toEqual([
      'pause microphone',
      'pause camera',
      'no track camera',
      'new track camera',
      'resume camera',
      'resume microphone',
    ]);
  });

  test('what the system takes is paused, and told as nobody’s wish', async () => {
    capture.opened[1]?.silence(true);
    await start();
    capture.opened[0]?.silence(true);
    await settled();
    for (const track of capture.opened) track.silence(false);
    await settled();
    const silenced = { paused: true, silenced: true };
    const [first, second] =
      capture.opened[0]?.kind === 'audio' ? ['microphone', 'camera'] : ['camera', 'microphone'];
    expect(server.params('setProducerPaused')).toEqual([
      { producerId: `own-${second}`, ...silenced },
      { producerId: `own-${first}`, ...silenced },
      { producerId: 'own-microphone', paused: false },
      { producerId: 'own-camera', paused: false },
    ]);
  });

  test('a microphone muted before joining is produced paused', async () => {
    await devices.toggleMicrophone();
    await start();
    expect(server.params('produce')[0]).toMatchObject({ source: 'microphone', paused: true });
  });

  test('a camera first opened in the meeting is produced then', async () => {
    await devices.toggleCamera();
    await start();
    expect(server.params('produce').length).toBe(1);
    await devices.toggleCamera();
    await settled();
    expect(server.params('produce')[1]).toMatchObject({ source: 'camera' });
  });

  test('a screen comes with its sound, and its producers are closed afterwards', async () => {
    await start();
    await devices.toggleScreen();
    await settled();
    expect(server.params('produce').slice(2)).toMatchObject([
      { source: 'screen' },
      { source: 'screen-audio' },
    ]);
    await devices.toggleScreen();
    await settled();
    expect(server.params('closeProducer')).toEqual([
      { producerId: 'own-screen' },
      { producerId: 'own-screen-audio' },
    ]);
  });

  test('a failure is told once, and what comes after it is sent all the same', async () => {
    server.failures.produce = [new Fault('media-failed')];
    await start();
    expect(failures).toEqual(['microphone: media-failed']);
    expect(server.params('produce').length).toBe(2);
    await devices.toggleCamera();
    await settled();
    expect(failures.length).toBe(1);
  });

  test('a change while a request is under way is not lost', async () => {
    await start();
    void devices.toggleMicrophone();
    void devices.toggleMicrophone();
    void devices.toggleMicrophone();
    await settled();
    expect(server.params('setProducerPaused')).toEqual([{ producerId: 'own-microphone', paused: true }]);
  });
});

describe('an encoder that fails', () => {
  /** So long pictures are given, and none is encoded after the first. */
  async function stand(seconds: number): Promise<void> {
    for (let second = 0; second < seconds; second += 1) {
      const { given = 0, heard = 0 } = engine.counts ?? {};
      engine.counts = { given: given + 30, encoded: 1, heard: heard + 1 };
      clock.advance(LOOK_MS);
      await settled();
    }
  }
  /** The codecs in which pictures were produced, in their order. */
  const codecsOf = (source: string) =>
    (server.params('produce') as { source: string; rtpParameters: { codecs: { mimeType: string }[] } }[])
      .filter((params) => params.source === source)
      .map(({ rtpParameters }) => rtpParameters.codecs[0]?.mimeType);

  test('[SEND1] makes way for VP8, once, which takes its place; another that fails is told', async () => {
    await start();
    await stand(5);
    expect([codecsOf('camera'), encoders]).toEqual([['video/H264'], []]);
    await stand(2);
    expect(codecsOf('camera')).toEqual(['video/H264', 'video/VP8']);
    expect(encoders).toEqual(['camera in VP8']);
    expect(engine.log).toEqual(['close camera']);
    await devices.toggleCamera();
    await settled();
    await devices.toggleCamera();
    await settled();
    expect(server.params('produce').length).toBe(3);
    await stand(20);
    expect(encoders).toEqual(['camera in VP8', 'camera not at all']);
    await start();
    expect(codecsOf('camera')).toEqual(['video/H264', 'video/VP8', 'video/VP8']);
    expect(failures).toEqual([]);
  });

  test('[SEND1] where there is no other one its person is told, once', async () => {
    engine.canSendVp8 = false;
    await start();
    await stand(20);
    expect([codecsOf('camera'), encoders]).toEqual([['video/H264'], ['camera not at all']]);
  });

  test('[SEND1] a screen has its own; one that is muted by the system is not encoded anew', async () => {
    await devices.toggleCamera();
    await start();
    await devices.toggleScreen();
    await settled();
    const { screen } = devices.getSnapshot();
    const picture = screen.status === 'on' ? testTrack(screen.picture) : undefined;
    picture?.silence(true);
    await stand(10);
    expect(encoders).toEqual([]);
    picture?.silence(false);
    await stand(7);
    expect(encoders).toEqual(['screen in VP8']);
    expect(codecsOf('camera')).toEqual([]);
  });

  test('[SEND1] a camera that is off, and a server that cannot be asked, are no failure', async () => {
    await start();
    await devices.toggleCamera();
    await settled();
    await stand(10);
    await devices.toggleCamera();
    await settled();
    link.suspend();
    await stand(10);
    expect([codecsOf('camera'), encoders, failures]).toEqual([['video/H264'], [], []]);
    const transports = engine.open.map(({ id }) => ({ transportId: id, direction: 'send' as const }));
    link.goOn({ transports, producers: server.producers, consumers: [] });
    await settled();
    expect(encoders).toEqual(['camera in VP8']);
  });

  test('[SEND1] a server that does not take the other one leaves the first', async () => {
    await start();
    server.failures.produce = [new Fault('media-failed')];
    await stand(20);
    expect([encoders, failures, engine.log]).toEqual([['camera not at all'], ['camera: media-failed'], []]);
  });
});

describe('what is received', () => {
  test('sounds are asked for before pictures, and started once they can be played', async () => {
    await start();
    link.incoming.want([camera, microphone]);
    await settled();
    expect(server.params('consume')).toEqual([{ producerId: 'ben-mic' }, { producerId: 'ben-cam' }]);
    expect(server.params('resumeConsumer').length).toBe(2);
    expect([...link.incoming.getSnapshot().values()].map(({ status }) => status)).toEqual([
      'playing',
      'playing',
    ]);
  });

  test('what is gone is dropped, and not asked for again', async () => {
    await start();
    link.incoming.want([camera, microphone]);
    await settled();
    link.incoming.want([microphone]);
    await settled();
    expect([...link.incoming.getSnapshot().keys()]).toEqual(['ben-mic']);
    expect(engine.log).toContain('drop ben-cam');
    expect(server.params('consume').length).toBe(2);
  });

  test('what this browser cannot play says so', async () => {
    server.failures.consume = [new Fault('cannot-consume')];
    await start();
    link.incoming.want([camera]);
    await settled();
    expect(link.incoming.getSnapshot().get('ben-cam')).toMatchObject({
      status: 'failed',
      error: { code: 'cannot-consume' },
    });
  });

  test('a producer that closed meanwhile is no failure', async () => {
    server.failures.consume = [new Fault('producer-not-found')];
    await start();
    link.incoming.want([camera]);
    await settled();
    expect(link.incoming.getSnapshot().size).toBe(0);
  });

  test('a picture that is not shown is not asked for until it is', async () => {
    await start();
    link.incoming.show([]);
    link.incoming.want([camera, microphone]);
    await settled();
    expect([...link.incoming.getSnapshot().keys()]).toEqual(['ben-mic']);
    const shown = { producerId: 'ben-cam', width: 320, height: 180 };
    link.incoming.show([shown]);
    await settled();
    expect([...link.incoming.getSnapshot().keys()]).toEqual(['ben-mic', 'ben-cam']);
    expect(server.params('setVisibleVideos')).toEqual([{ videos: [] }, { videos: [shown] }]);
    expect(server.names().lastIndexOf('setVisibleVideos')).toBeLessThan(
      server.names().lastIndexOf('consume'),
    );
  });

  test('what is shown is told once while the server is busy, not at all twice, and anew to another one', async () => {
    await start();
    const sizes = [100, 200, 300, 300].map((width) => [{ producerId: 'ben-cam', width, height: 180 }]);
    for (const videos of sizes) link.incoming.show(videos);
    await settled();
    expect(server.params('setVisibleVideos')).toEqual([{ videos: sizes[0] }, { videos: sizes[2] }]);
    await start();
    expect(server.params('setVisibleVideos').length).toBe(3);
  });

  test('what was wanted before the transport was there is received then', async () => {
    link.incoming.want([microphone]);
    await start();
    expect([...link.incoming.getSnapshot().keys()]).toEqual(['ben-mic']);
  });
});

describe('starting and stopping', () => {
  test('a path is mended once the server can be asked again, and what was gone there is produced anew', async () => {
    await start();
    link.suspend();
    server.lose();
    const [send] = engine.open;
    send?.hooks.failed();
    await settled();
    expect([server.names().includes('restartIce'), broken]).toEqual([false, 0]);
    server.connect();
    const transports = engine.open.map(({ id }) => ({ transportId: id, direction: 'send' as const }));
    const producers = server.producers.filter(({ source }) => source === 'microphone');
    expect(link.goOn({ transports, producers, consumers: [] })).toBe(true);
    await settled();
    expect(engine.log).toContain(`restart ${send?.id}`);
    expect(server.params('produce').map((params) => (params as ProducerInfo).source)).toEqual([
      'microphone',
      'camera',
      'camera',
    ]);
    expect([failures, broken]).toEqual([[], 0]);
    expect(blocked.at(-1)).toBe(true);
    send?.hooks.connected();
    expect(blocked.at(-1)).toBe(false);
    expect(link.goOn({ transports: [], producers, consumers: [] })).toBe(false);
  });

  test('stopping closes both transports and keeps the devices', async () => {
    await start();
    expect(engine.open.length).toBe(2);
    link.stop();
    expect(engine.open).toEqual([]);
    expect(capture.live.length).toBe(2);
    await devices.toggleMicrophone();
    await settled();
    expect(server.params('setProducerPaused')).toEqual([]);
  });

  test('starting again produces and consumes anew', async () => {
    link.incoming.want([microphone]);
    await start();
    const before = link.incoming.getSnapshot().get('ben-mic');
    await start();
    expect(server.params('produce').length).toBe(4);
    expect(engine.open.length).toBe(2);
    const after = link.incoming.getSnapshot().get('ben-mic');
    expect(before?.status === 'playing' && after?.status === 'playing').toBe(true);
    if (before?.status === 'playing' && after?.status === 'playing') {
      expect(testTrack(after.track)).not.toBe(testTrack(before.track));
    }
  });
});
