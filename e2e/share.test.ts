import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { untilPlaysBeyond } from './testing/playing-video.ts';
import { readRecordings, untilRecording } from './testing/recordings-on-disk.ts';
import { runSystem } from './testing/run-system.ts';
import { ADMIN_PASSWORD } from './testing/system.ts';

const LINK_PASSWORD = 'only for Eve';

const running = runSystem();
let admin: Page;

beforeAll(async () => {
  const ada = await running.arrive('Ada', {
    owner: 1,
    camera: { width: 320, height: 240, framesPerSecond: 15 },
    microphone: true,
  });
  await ada.createMeeting(running.url, 'Weekly');
  await ada.askToJoin();
  await ada.isIn();
  await ada.button('Start recording').click();
  await ada.light.waitFor();
  await ada.button('Stop recording').click();
  await untilRecording(
    'it is complete',
    running.system.recordingsDir,
    0,
    ({ state }) => state === 'complete',
  );
  await ada.button('Leave').click();

  admin = await running.browser.newPage();
  await admin.goto(`${running.url}/admin`);
  await admin.getByRole('textbox', { name: 'Admin password' }).fill(ADMIN_PASSWORD);
  await admin.getByRole('button', { name: 'Sign in' }).click();
  await admin.getByRole('link', { name: 'Weekly' }).click();
});

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });

test('a link with a password plays in a clean profile, until it is revoked', async () => {
  await button(admin, 'Share').click();
  await admin.getByLabel('Password (optional)').fill(LINK_PASSWORD);
  await button(admin, 'Create link').click();
  const link = await admin.getByRole('textbox', { name: 'New link' }).inputValue();

  const visitor = await running.browser.newContext({ acceptDownloads: true });
  const page = await visitor.newPage();
  await page.goto(link);
  const password = page.getByLabel('Password', { exact: true });
  await password.fill('a guess');
  await button(page, 'Open').click();
  await page.getByText('Wrong password.').waitFor();
  await password.fill(LINK_PASSWORD);
  await button(page, 'Open').click();
  await button(page, 'Play').click();
  await untilPlaysBeyond(page.getByLabel('Recording of Ada'), 0);

  const downloading = page.waitForEvent('download');
  await button(page, 'Download FLV').click();
  const received = await readFile(await (await downloading).path());
  const [recording] = await readRecordings(running.system.recordingsDir);
  const file = recording?.manifest.files[0];
  if (!recording || !file) throw new Error('Nothing was recorded.');
  expect(sha256(received)).toBe(sha256(await readFile(join(recording.path, file.name))));

  await button(admin, 'Revoke').click();
  await admin.getByText('Revoked ·').waitFor();
  await page.reload();
  await page.getByText('This link was revoked.').waitFor();
  await visitor.close();
  await button(admin, 'Close').click();
});

test('a recording is deleted after a question, with its files', async () => {
  await button(admin, 'Delete').click();
  await button(admin, 'Delete for good').click();
  await admin.getByText('Nothing has been recorded yet.').waitFor();
  expect(await readRecordings(running.system.recordingsDir)).toEqual([]);
});

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
