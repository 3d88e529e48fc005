import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import type { Manifest } from '#protocol/manifest.ts';
import { scaled } from '#scripts/testing/slowness.ts';
import { systemClock } from '#service/clock.ts';
import { accessibilityViolations } from './testing/accessibility.ts';
import type { WatchedPage } from './testing/browser.ts';
import { sees } from './testing/listening.ts';
import type { Person } from './testing/person.ts';
import { watchTogether } from './testing/playing-together.ts';
import { untilRecording } from './testing/recordings-on-disk.ts';
import { runSystem } from './testing/run-system.ts';
import { ADMIN_PASSWORD } from './testing/system.ts';
import { until } from './testing/wait.ts';

const CAMERA = { width: 320, height: 240, framesPerSecond: 15 };
const PHONE = { width: 390, height: 844 };
const DESKTOP = { width: 1280, height: 900 };
const LENGTH_MS = 16_000;
const CEM_AFTER_MS = 4000;
const TOGETHER_MS = 50;

const running = runSystem();
let watched: WatchedPage;
let page: Page;
let ada: Person;
let ben: Person;
let cem: Person;
let manifest: Manifest;

/** A meeting of three, of whom one comes later and one leaves before the end. */
beforeAll(async () => {
  const arrive = (name: string, owner: number) =>
    running.arrive(name, { owner, camera: CAMERA, microphone: true });
  ada = await arrive('Ada', 0);
  ben = await arrive('Ben', 1);
  cem = await arrive('Cem', 2);
  const link = await ada.createMeeting(running.url, 'Weekly');
  await ada.askToJoin();
  await ada.isIn();
  await ben.join(link);
  await ada.button('Start recording').click();
  await ben.answer('Accept');
  const lasts = (ms: number) => (found: Manifest) =>
    found.files.length > 0 && systemClock.nowMs() > found.startedAtMs + ms;
  const untilManifest = (what: string, condition: (found: Manifest) => boolean) =>
    untilRecording(what, running.system.recordingsDir, 0, condition);
  await untilManifest('Cem’s time has come', lasts(CEM_AFTER_MS));
  await cem.page.goto(link);
  await cem.askToJoin();
  await cem.answer('Accept');
  await cem.isIn();

  watched = await running.openPage();
  page = watched.page;
  await page.setViewportSize(DESKTOP);
  await page.goto(`${running.url}/admin`);
  await page.getByRole('textbox', { name: 'Admin password' }).fill(ADMIN_PASSWORD);
  await button('Sign in').click();
  await page.getByRole('link', { name: 'Weekly' }).first().click();
});

const button = (name: string | RegExp) =>
  page.getByRole('button', { name, exact: typeof name === 'string' }).first();
const position = () => page.getByRole('slider', { name: 'Position' });
const positionMs = async () => Number(await position().inputValue());
const tile = (name: string) => page.getByLabel(`Recording of ${name}`, { exact: true });

/** Moves the slider, as a click into it does. */
async function jumpTo(ms: number): Promise<void> {
  await position().fill(String(Math.round(ms / 100) * 100));
}

test('a recording that is still being made plays, and its end is followed', async () => {
  await button('Play').click();
  await until('Ada and Ben move', async () => (await sees(page, 0)) && (await sees(page, 1)));
  await button(/^(Go to now|Live)$/).click();
  const beforeMs = await positionMs();
  await until('it goes on', async () => (await positionMs()) > beforeMs + 1500);
  await untilRecording(
    'it is long enough',
    running.system.recordingsDir,
    0,
    ({ startedAtMs }) => systemClock.nowMs() > startedAtMs + LENGTH_MS,
    60_000,
  );
  await cem.leave();
  // His file is complete, the recording is not.
  await page.getByRole('article', { name: 'Cem', exact: true }).waitFor();
  expect(watched.troubles()).toEqual([]);
  await ada.button('Stop recording').click();
  ({ manifest } = await untilRecording(
    'it is complete',
    running.system.recordingsDir,
    0,
    ({ state }) => state === 'complete',
    20_000,
  ));
  for (const { watched: own } of [ada, ben, cem]) await own.context.close();
  await page.getByText('Complete', { exact: true }).first().waitFor();
});

test('all files of a recording play in sync', async () => {
  await page.reload();
  await button('Play').click();
  await until('Ada and Ben move', async () => (await sees(page, 0)) && (await sees(page, 1)));
  expect(await sees(page, 2)).toBe(false);
  const late = manifest.files.find(({ personName }) => personName === 'Cem');
  if (!late) throw new Error('nothing of Cem');
  await jumpTo(late.startOffsetMs - 500);
  await until('Cem comes in', () => sees(page, 2));
  // Whoever begins while the others play has a second to fall in with them.
  await until('Cem is among them', async () => (await positionMs()) > late.startOffsetMs + 1000);
  const together = await watchTogether(page, 3, 4000);
  console.log('Three people, played together:', together);
  expect(together.p95Ms).toBeLessThan(scaled(TOGETHER_MS));
  expect(together.picturesMs).toBeLessThan(scaled(TOGETHER_MS));

  await button('Pause').click();
  await jumpTo(late.startOffsetMs + 500);
  await page.getByRole('combobox', { name: 'Speed' }).selectOption('2');
  await button('Play').click();
  await until('all move again', async () => (await sees(page, 0)) && (await sees(page, 2)));
  const faster = await watchTogether(page, 3, 2000);
  console.log('The same at twice the speed:', faster);
  expect(faster.p95Ms).toBeLessThan(scaled(TOGETHER_MS));
  const keepsPitch = await tile('Ada').evaluate((video: HTMLVideoElement) => video.preservesPitch);
  expect(keepsPitch).toBe(true);
  await page.getByRole('combobox', { name: 'Speed' }).selectOption('1');
});

test('one is muted, one is heard alone, one is large', async () => {
  const silent = async () => {
    const names = ['Ada', 'Ben'];
    const muted = await Promise.all(
      names.map((name) => tile(name).evaluate((video: HTMLVideoElement) => video.muted)),
    );
    return names.filter((_, at) => muted[at]);
  };
  await jumpTo(2000);
  await button('Mute Ben').click();
  expect(await silent()).toEqual(['Ben']);
  await button('Hear only Ben').click();
  expect(await silent()).toEqual(['Ada']);
  await button('Hear only Ben').click();
  await button('Mute Ben').click();
  expect(await silent()).toEqual([]);
  const width = async (name: string) => (await tile(name).boundingBox())?.width ?? 0;
  await button('Show Ben large').click();
  expect(await width('Ben')).toBeGreaterThan(2 * (await width('Ada')));
  await button('Show Ben large').click();
  expect(Math.abs((await width('Ben')) - (await width('Ada')))).toBeLessThan(2);
});

test('the keyboard steers it while it has the focus, and only then', async () => {
  await button('Pause').click();
  await jumpTo(4000);
  await page.keyboard.press('l');
  await expect.poll(positionMs).toBe(14_000);
  await page.keyboard.press('j');
  await expect.poll(positionMs).toBe(4000);
  await page.keyboard.press('ArrowLeft');
  await expect.poll(positionMs).toBe(0);
  await page.keyboard.press('m');
  expect(await button('Mute all').getAttribute('aria-pressed')).toBe('true');
  await page.keyboard.press('m');
  await page.keyboard.press('k');
  await expect.poll(positionMs).toBeGreaterThan(0);
  await page.keyboard.press('k');
  await button('Play').waitFor();
  await button('Share').focus();
  await page.keyboard.press('l');
  expect(await positionMs()).toBeLessThan(5000);
});

test('a click into the timeline leads there, and the end says that it is over', async () => {
  const row = page.locator('[aria-labelledby=timeline] svg').first();
  const box = await row.boundingBox();
  if (!box) throw new Error('no timeline');
  await row.click({ position: { x: box.width / 2, y: box.height / 2 } });
  const whole = Number(await position().getAttribute('max'));
  expect(Math.abs((await positionMs()) - whole / 2)).toBeLessThan(whole / 50);
  await jumpTo(whole - 1500);
  await button('Play').click();
  await button('Play again').waitFor();
  expect(watched.troubles()).toEqual([]);
});

test('one file is watched alone, and everybody again', async () => {
  await page.getByRole('article', { name: 'Ben' }).getByRole('button', { name: 'Watch alone' }).click();
  await page.getByText('Only Ben is playing.').waitFor();
  await button('Play').click();
  await until('Ben moves', () => sees(page, 1));
  expect(await tile('Ada').count()).toBe(0);
  await button('Show everyone').click();
  await tile('Ada').waitFor();
});

test('a file becomes an MP4, and a person is erased on their request', async () => {
  const file = page.getByRole('article', { name: 'Ben' });
  await file.getByRole('button', { name: 'Make MP4' }).click();
  const saving = page.waitForEvent('download');
  await file.getByRole('button', { name: 'Save MP4' }).click();
  expect((await saving).suggestedFilename()).toMatch(/Ben\.mp4$/);
  await button('Erase what there is of Cem').click();
  await button('Erase for good').click();
  await page.getByRole('article', { name: 'Cem' }).waitFor({ state: 'hidden' });
  // The page is hidden behind the question for a moment as well.
  const isGone = ({ files }: Manifest) => files.length === 2;
  const { manifest } = await untilRecording('she is gone', running.system.recordingsDir, 0, isGone);
  expect(manifest.files.map(({ personName }) => personName).toSorted()).toEqual(['Ada', 'Ben']);
});

test('the page is accessible, wide and on a phone, in light and dark', async () => {
  const violations = await accessibilityViolations(page);
  await page.setViewportSize(PHONE);
  await page.getByText('The timeline in words').click();
  violations.push(...(await accessibilityViolations(page)));
  expect(violations).toEqual([]);
});
