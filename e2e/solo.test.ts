import { lstat, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { accessibilityViolations } from './testing/accessibility.ts';
import { rememberConnections, widthsSent } from './testing/connections-in-page.ts';
import type { Person } from './testing/person.ts';
import { untilPlaysBeyond } from './testing/playing-video.ts';
import { readRecordings, untilRecording } from './testing/recordings-on-disk.ts';
import { runSystem } from './testing/run-system.ts';
import { until } from './testing/wait.ts';

/** So large that a meeting would get it in two sizes. */
const camera = { width: 640, height: 360, framesPerSecond: 15 };

const figure = async (person: Person, name: string) =>
  (await person.page.locator('dl div').filter({ hasText: name }).locator('dd').textContent()) ?? '';

const running = runSystem();

test('[P10] one press records, [P6] Stop closes the devices, and the recording is there: played, saved, [P8] shared', async () => {
  const ada = await running.arrive('Ada', { owner: 1, camera, microphone: true });
  await ada.page.addInitScript(rememberConnections);
  await ada.page.goto(running.url);
  await ada.page.getByRole('link', { name: 'Record yourself' }).click();
  await ada.page.getByText('Connected').waitFor();
  const violations = await accessibilityViolations(ada.page);
  await ada.page.getByRole('textbox', { name: 'Name on the recording' }).fill('Ada');
  await ada.button('Record').click();
  await ada.light.waitFor();
  // Nobody needs a smaller one.
  await expect.poll(() => widthsSent(ada.page)).toEqual([camera.width]);
  await until('some of it is on disk', async () => (await figure(ada, 'On disk')).includes('kB'));
  violations.push(...(await accessibilityViolations(ada.page)));
  await until('there is something to play', async () => /^0:0[2-9]$/.test(await figure(ada, 'Recorded')));

  await ada.button('Stop').click();
  await ada.page.getByRole('heading', { name: 'The recording is ready.' }).waitFor();
  // [P6] No camera is seen any more, though the recording itself may be.
  const cameras = await ada.page
    .locator('video')
    .evaluateAll((videos: HTMLVideoElement[]) => videos.filter(({ srcObject }) => srcObject).length);
  expect(cameras).toBe(0);
  const { manifest } = await untilRecording(
    'it is complete',
    running.system.recordingsDir,
    0,
    ({ state }) => state === 'complete',
  );
  const kept = await readdir(running.system.recordingsDir, { recursive: true });
  const modes = await Promise.all(kept.map((name) => lstat(join(running.system.recordingsDir, name))));
  expect(
    modes.every(({ mode }) => (mode & 0o077) === 0),
    'what is recorded is its owner’s alone',
  ).toBe(true);
  expect(manifest.files.map(({ personName, state }) => [personName, state])).toEqual([['Ada', 'complete']]);
  // Whole from its first picture on.
  expect(manifest.files[0]?.resolutions).toMatchObject([{ width: 640, height: 360 }]);

  await ada.button('Play').click();
  await untilPlaysBeyond(ada.page.locator('video'), 0.5);
  violations.push(...(await accessibilityViolations(ada.page)));
  expect(violations).toEqual([]);

  const [download] = await Promise.all([
    ada.page.waitForEvent('download'),
    ada.button('Download FLV').click(),
  ]);
  const [file] = manifest.files;
  const onDisk = await readFile(join(running.system.recordingsDir, manifest.recordingId, file?.name ?? ''));
  expect(onDisk.equals(await readFile(await download.path()))).toBe(true);

  await ada.button('Share').click();
  await ada.button('Create link').click();
  const link = await ada.page.getByRole('textbox', { name: 'New link' }).inputValue();
  const visitor = await running.openPage();
  await visitor.page.goto(link);
  await visitor.page.getByRole('button', { name: 'Play', exact: true }).waitFor();
  await visitor.context.close();
  await ada.watched.context.close();
});

test('[P9] it starts again at will, [P2] into files of their own, and whoever comes back finds them', async () => {
  const before = (await readRecordings(running.system.recordingsDir)).length;
  const bea = await running.arrive('Bea', { owner: 2, microphone: true });
  await bea.page.goto(`${running.url}/record`);
  for (const take of [0, 1]) {
    await bea.button('Record').click();
    await bea.light.waitFor();
    // [P4] Without a camera, too.
    await bea.page.getByText('No camera was found.').waitFor();
    await bea.button('Stop').click();
    await untilRecording(
      `take ${take} is complete`,
      running.system.recordingsDir,
      before + take,
      ({ state }) => state === 'complete',
    );
    await bea.page.getByRole('heading', { name: 'The recording is ready.' }).waitFor();
  }
  const names = (await readRecordings(running.system.recordingsDir)).flatMap(({ manifest }) =>
    manifest.files.map(({ name }) => name),
  );
  expect(new Set(names).size).toBe(before + 2);
  for (const name of names) expect(name).toMatch(/^[A-Za-z0-9_-]{1,64}-\d{8}T\d{9}Z\.flv$/);

  await bea.page.reload();
  const own = bea.page.getByRole('region', { name: 'Your recordings' });
  await until('both are listed', async () => (await own.getByRole('link').count()) === 2);
  await own.getByRole('link').first().click();
  await bea.button('Play').waitFor();
  await bea.watched.context.close();
});

test('[P3] without any device nothing is recorded, and the page says why', async () => {
  const before = (await readRecordings(running.system.recordingsDir)).length;
  const { context, page } = await running.openPage();
  await page.goto(`${running.url}/record`);
  await page.getByRole('button', { name: 'Record', exact: true }).click();
  await page.getByText('Nothing is recorded: neither camera nor microphone could be opened.').waitFor();
  await page.getByText('Permission for the camera and the microphone was refused.').waitFor();
  expect((await readRecordings(running.system.recordingsDir)).length).toBe(before);
  await context.close();
});
