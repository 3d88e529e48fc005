import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import type { Manifest } from '#protocol/manifest.ts';
import { seeded, type Weather } from '#recorder/testing/hop.ts';
import { systemClock } from '#service/clock.ts';
import { accessibilityViolations } from './testing/accessibility.ts';
import { detourMedia } from './testing/bad-network/browser-detour.ts';
import { UdpRelay } from './testing/bad-network/udp-relay.ts';
import { rememberConnections, untilReceives, videoCodecsSent } from './testing/connections-in-page.ts';
import { decodingFaults } from './testing/recording-inspection/decoding.ts';
import { untilRecording } from './testing/recordings-on-disk.ts';
import { runSystem } from './testing/run-system.ts';
import { startRecorder, startWithoutRecorder } from './testing/system.ts';
import { until } from './testing/wait.ts';

const CAMERA = { width: 320, height: 240, framesPerSecond: 15 };

/** Longer than an encoder may stand, shorter than until a path is given up. */
const CUT_SECONDS = 15;

const running = runSystem(startWithoutRecorder);
let network: UdpRelay;
let isCut = false;

beforeAll(async () => {
  running.keep(await startRecorder(running.system, 'recorder-1'));
  const weather: Weather = { delayMs: 0, loses: () => isCut };
  const weathers = { towardsTarget: weather, back: weather, random: seeded(1) };
  network = running.keep(
    await UdpRelay.open(weathers, {
      address: '127.0.0.1',
      port: Number(running.system.env.RTC_PORT),
    }),
  );
});

/** The encoders of the pictures that are sent now give nothing any more; the page knows nothing of it. */
async function failEncoders(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const { connections } = window as unknown as { connections: RTCPeerConnection[] };
    for (const sender of connections.flatMap((connection) => connection.getSenders())) {
      if (sender.track?.kind !== 'video') continue;
      const parameters = sender.getParameters();
      for (const encoding of parameters.encodings) encoding.active = false;
      await sender.setParameters(parameters);
    }
  });
}

test('[SEND1] a camera whose encoder gives nothing any more comes in VP8, and stays in its file', async () => {
  const ada = await running.arrive('Ada', { owner: 1, camera: CAMERA, microphone: true });
  const ben = await running.arrive('Ben', { owner: 2, microphone: true });
  for (const { watched } of [ada, ben]) await watched.context.addInitScript(rememberConnections);
  const link = await ada.createMeeting(running.url, 'Encoder');
  await ada.askToJoin();
  await ada.isIn();
  await ben.join(link);
  await ben.untilSees(ada);
  await expect.poll(() => videoCodecsSent(ada.page)).toEqual(['video/H264']);
  await ada.button('Start recording').click();
  await ben.answer('Continue without being recorded');
  await ada.light.waitFor();

  const told = ada.page.getByText('Your browser gave no pictures of your camera to send');
  expect(await told.count()).toBe(0);
  await failEncoders(ada.page);
  await untilReceives(ben.page, 0);
  await told.waitFor();
  expect(await accessibilityViolations(ada.page)).toEqual([]);
  await untilReceives(ben.page, 1);
  await ben.untilSees(ada);
  expect(await videoCodecsSent(ada.page)).toEqual(['video/VP8']);

  await ada.button('Stop recording').click();
  const { manifest, path } = await untilRecording(
    'it is complete',
    running.system.env.RECORDINGS_DIR ?? '',
    0,
    ({ state }: Manifest) => state === 'complete',
  );
  expect(manifest.files).toHaveLength(1);
  expect(await decodingFaults(join(path, manifest.files[0]?.name ?? ''))).toEqual([]);
  expect([...ada.watched.troubles(), ...ben.watched.troubles()]).toEqual([]);
});

/** Pictures that the page has encoded. */
function encoded(page: Page): Promise<number> {
  return page.evaluate(async () => {
    const { connections } = window as unknown as { connections: RTCPeerConnection[] };
    let sum = 0;
    for (const connection of connections) {
      for (const entry of (await connection.getStats()).values()) {
        if (entry.type === 'outbound-rtp' && entry.kind === 'video') sum += entry.framesEncoded;
      }
    }
    return sum;
  });
}

test('[SEND1] a network that is cut for a while is no failure of the encoder', async () => {
  const ada = await running.arrive('Ada', { owner: 1, camera: CAMERA, microphone: true });
  await ada.watched.context.addInitScript(detourMedia, network.endpoint.port);
  await ada.watched.context.addInitScript(rememberConnections);
  await ada.createMeeting(running.url, 'Cut');
  await ada.askToJoin();
  await ada.isIn();
  await expect.poll(() => videoCodecsSent(ada.page)).toEqual(['video/H264']);
  const told = ada.page.getByText('Your browser gave no pictures of your camera to send');
  isCut = true;
  const each: number[] = [];
  for (let second = 0; second < CUT_SECONDS; second += 1) {
    const fromMs = systemClock.nowMs();
    await until('a second has passed', () => systemClock.nowMs() >= fromMs + 1000);
    each.push(await encoded(ada.page));
  }
  isCut = false;
  console.info(`encoded while nothing got through, second by second: ${each.join(', ')}`);
  const before = await encoded(ada.page);
  await until('pictures are encoded again', async () => (await encoded(ada.page)) > before + 30);
  expect(await videoCodecsSent(ada.page)).toEqual(['video/H264']);
  expect(await told.count()).toBe(0);
});
