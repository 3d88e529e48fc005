import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFailed, test } from 'vitest';
import type { Manifest } from '../protocol/manifest.ts';
import { accessibilityViolations } from './support/accessibility.ts';
import { openBrowser } from './support/browser.ts';
import { rememberConnections, untilReceives, videoCodecsSent } from './support/connections-in-page.ts';
import { Person } from './support/person.ts';
import { decodingFaults } from './support/recording-inspection/decoding.ts';
import { untilRecording } from './support/recordings-on-disk.ts';
import { type System, startSystem } from './support/system.ts';

const CAMERA = { width: 320, height: 240, framesPerSecond: 15 };

let system: System;
let browser: Browser;

beforeAll(async () => {
  [system, browser] = await Promise.all([startSystem(), openBrowser()]);
});

afterAll(async () => {
  await browser?.close();
  await system?.stop();
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
  const ada = await Person.arrive(browser, 'Ada', { owner: 1, camera: CAMERA, microphone: true });
  const ben = await Person.arrive(browser, 'Ben', { owner: 2, microphone: true });
  onTestFailed(() => console.log(system.output(), ada.watched.troubles(), ben.watched.troubles()));
  for (const { watched } of [ada, ben]) await watched.context.addInitScript(rememberConnections);
  const link = await ada.createMeeting(system.url, 'Encoder');
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
    system.recordingsDir,
    0,
    ({ state }: Manifest) => state === 'complete',
  );
  expect(manifest.files).toHaveLength(1);
  expect(await decodingFaults(join(path, manifest.files[0]?.name ?? ''))).toEqual([]);
  expect([...ada.watched.troubles(), ...ben.watched.troubles()]).toEqual([]);
});
