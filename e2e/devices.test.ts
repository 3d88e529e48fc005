import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Manifest } from '#protocol/manifest.ts';
import { accessibilityViolations } from './testing/accessibility.ts';
import { rememberConnections, widthsSent } from './testing/connections-in-page.ts';
import { plugInCamera } from './testing/participant-media/fake-devices.ts';
import { decodingFaults } from './testing/recording-inspection/decoding.ts';
import { cameraSizes } from './testing/recording-inspection/picture-sizes.ts';
import { untilRecording } from './testing/recordings-on-disk.ts';
import { runSystem } from './testing/run-system.ts';
import { until } from './testing/wait.ts';

const SMALL = { width: 320, height: 240, framesPerSecond: 15 };
const LARGE = { width: 640, height: 360 };

const running = runSystem();

test('camera and microphone are changed in the meeting, seen by the others at once, and recorded in one file', async () => {
  const ada = await running.arrive('Ada', { owner: 1, camera: SMALL, microphone: true });
  const ben = await running.arrive('Ben', { owner: 2, microphone: true });
  const link = await ada.createMeeting(running.url, 'Devices');
  await ada.askToJoin();
  await ada.isIn();
  await ben.join(link);
  await ada.button('Start recording').click();
  await ben.answer('Continue without being recorded');
  await ada.light.waitFor();

  await ada.button('More').click();
  await ada.page.getByRole('menuitem', { name: 'Settings' }).click();
  const settings = ada.page.getByRole('dialog', { name: 'Settings' });
  await expect.poll(() => settings.getByRole('meter', { name: 'Microphone level' }).count()).toBe(1);
  expect(await accessibilityViolations(ada.page)).toEqual([]);
  await ada.page.evaluate(plugInCamera, LARGE);
  await settings.getByRole('combobox', { name: 'Camera' }).selectOption({ index: 1 });
  await until('Ben sees the other camera', async () => {
    const sizes = await ben.page
      .locator('video')
      .evaluateAll((all) => all.map((video) => (video as HTMLVideoElement).videoWidth));
    return sizes.includes(LARGE.width);
  });
  await settings.getByRole('combobox', { name: 'Microphone' }).selectOption({ index: 1 });
  await ben.untilHears(ada);
  await settings.getByRole('button', { name: 'Close' }).click();
  await ada.button('Stop recording').click();
  const { manifest, path } = await untilRecording(
    'it is complete',
    running.system.recordingsDir,
    0,
    ({ state }) => state === 'complete',
  );
  const [file, ...more] = manifest.files;
  expect(more).toEqual([]);
  expect(file && cameraSizes(file)).toEqual(['320×240', '640×360']);
  expect([file?.cameraOff, file?.muted]).toEqual([[], []]);
  expect(await decodingFaults(join(path, file?.name ?? ''))).toEqual([]);
  for (const { watched } of [ada, ben]) expect(watched.troubles()).toEqual([]);
});

test('a large camera is sent in three sizes, and recorded in the largest', async () => {
  const camera = { width: 1280, height: 720, framesPerSecond: 8 };
  const eve = await running.arrive('Eve', { owner: 4, camera, microphone: true });
  await eve.page.addInitScript(rememberConnections);
  await eve.createMeeting(running.url, 'Layers');
  await eve.askToJoin();
  await eve.isIn();
  await expect.poll(() => widthsSent(eve.page)).toEqual([320, 640, 1280]);
  await eve.button('Start recording').click();
  const recorded = (what: string, condition: (manifest: Manifest) => boolean) =>
    untilRecording(what, running.system.recordingsDir, 1, condition);
  const widthOf = ({ files }: Manifest) => files[0]?.resolutions.at(-1)?.width;
  await recorded('the largest is recorded', (manifest) => widthOf(manifest) === camera.width);
  await eve.button('Stop recording').click();
  const { manifest } = await recorded('it is complete', ({ state }) => state === 'complete');
  expect(widthOf(manifest)).toBe(camera.width);
  await eve.leave();
});

test('[P3] who refuses both devices is told so in the lobby, and comes in all the same', async () => {
  const ada = await running.arrive('Ada', { owner: 1, microphone: true });
  const link = await ada.createMeeting(running.url, 'Refused');
  const { page } = await running.openPage();
  await page.goto(link);
  await page.getByText('Permission for the camera and the microphone was refused.').waitFor();
  await page.getByRole('textbox', { name: 'Your name' }).fill('Cleo');
  await page.getByRole('button', { name: 'Join meeting' }).click();
  await page.getByRole('button', { name: 'Leave' }).waitFor();
});

test('[P4] who has no camera is told so in the lobby, and is heard', async () => {
  const ada = await running.arrive('Ada', { owner: 1, microphone: true });
  const dan = await running.arrive('Dan', { owner: 3, microphone: true });
  const link = await ada.createMeeting(running.url, 'No camera');
  await ada.askToJoin();
  await dan.page.goto(link);
  await dan.page.getByText('No camera was found.').waitFor();
  await dan.askToJoin();
  await dan.isIn();
  await ada.untilHears(dan);
});
