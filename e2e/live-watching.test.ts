import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFailed, test } from 'vitest';
import type { WatchedPage } from './testing/browser.ts';
import { GrowingRecording } from './testing/growing-recording.ts';
import { stateOf } from './testing/playing-video.ts';
import { runSystem } from './testing/run-system.ts';
import { tellArchive } from './testing/sample-archive.ts';
import { ADMIN_PASSWORD, startWithoutRecorder } from './testing/system.ts';
import { until } from './testing/wait.ts';

const LENGTH_MS = 20 * 60_000;
/** A recorder brings the index up to date every half a minute. */
const INDEX_AGE_MS = 30_000;
/** When this much is there, no more is fetched for now. */
const AHEAD_MS = 40_000;

const running = runSystem(startWithoutRecorder);
let watched: WatchedPage;
let page: Page;
let recording: GrowingRecording;
let fetchedBytes = 0;

beforeAll(async () => {
  recording = new GrowingRecording(running.system.env.RECORDINGS_DIR ?? '', LENGTH_MS);
  await recording.start(INDEX_AGE_MS);
  await tellArchive(running.system, recording.recordingId);
  watched = await running.openPage();
  page = watched.page;
  page.on('response', async (response) => {
    if (response.url().endsWith('.flv')) fetchedBytes += Number(response.headers()['content-length'] ?? 0);
  });
  await page.goto(`${running.url}/admin`);
  await page.getByRole('textbox', { name: 'Admin password' }).fill(ADMIN_PASSWORD);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('link', { name: 'Weekly' }).first().click();
});

afterAll(async () => {
  await recording?.end();
});

const button = (name: string | RegExp) => page.getByRole('button', { name }).first();
const position = () => page.getByRole('slider', { name: 'Position' });
const video = () => page.getByLabel('Recording of Ada', { exact: true });
const atMs = () => video().evaluate((element: HTMLVideoElement) => element.currentTime * 1000);
const bufferedMs = () =>
  video().evaluate(({ buffered }: HTMLVideoElement) => buffered.end(buffered.length - 1) * 1000);
const pictures = () =>
  video().evaluate((element: HTMLVideoElement) => element.getVideoPlaybackQuality().totalVideoFrames);

/** Until it plays between these places. */
async function playsWithin(fromMs: number, toMs: number): Promise<void> {
  await until(
    `it plays between ${fromMs} and ${toMs} ms`,
    async () => (await atMs()) >= fromMs && (await atMs()) < toMs,
  );
  const [startMs, seen] = [await atMs(), await pictures()];
  await until('it goes on', async () => (await atMs()) > startMs + 1000 && (await pictures()) > seen + 5);
}

test('who comes late to a long recording is at its end at once, and goes anywhere from there', async () => {
  onTestFailed(async () => console.log(await stateOf(video()), fetchedBytes));
  await button('Play').click();
  await playsWithin(0, 20_000);
  await button(/^(Go to now|Live)$/).click();
  await playsWithin(LENGTH_MS - 5000, LENGTH_MS + 120_000);
  console.log(`"live" in a file of ${recording.bytes} bytes: ${fetchedBytes} bytes fetched`);
  expect(fetchedBytes).toBeLessThan(recording.bytes / 4);
  await position().fill(`${LENGTH_MS / 2}`);
  await playsWithin(LENGTH_MS / 2 - 100, LENGTH_MS / 2 + 20_000);
  await position().fill('1000');
  await playsWithin(900, 20_000);
  await button(/^(Go to now|Live)$/).click();
  await playsWithin(LENGTH_MS - 5000, LENGTH_MS + 180_000);
  expect(watched.troubles()).toEqual([]);
});

test('a place that was still to come when the file was opened can be gone to once it is complete', async () => {
  onTestFailed(async () => console.log(await stateOf(video()), fetchedBytes));
  // Playing, it would come to the end of what is there, and stay there: sooner or later than the recording is complete.
  await button('Pause').click();
  await recording.end();
  const answer = (fits: (bytes: number) => boolean) =>
    page.waitForResponse((response) => fits(Number(response.headers()['content-length'])));
  await answer((bytes) => bytes === 1);
  const more = answer((bytes) => bytes > 1);
  // mpegts.js keeps what comes alone, and must not take it along to another place.
  await recording.addPicture();
  await more;
  await recording.stop();
  await tellArchive(running.system, recording.recordingId);
  await page.getByText('Complete', { exact: true }).first().waitFor();
  await position().fill(`${LENGTH_MS / 4}`);
  await button('Play').click();
  await playsWithin(LENGTH_MS / 4 - 100, LENGTH_MS / 4 + 20_000);
  await position().fill(`${LENGTH_MS - 1000}`);
  await playsWithin(LENGTH_MS - 1100, LENGTH_MS + 20_000);
  expect(watched.troubles()).toEqual([]);
});

test('no more is fetched than is needed soon, and at the last of it, more is', async () => {
  onTestFailed(async () => console.log(await stateOf(video())));
  const isAhead = async () => (await bufferedMs()) - (await atMs()) > AHEAD_MS;
  await position().fill('0');
  await playsWithin(0, 20_000);
  await until('no more is fetched', isAhead);
  await button('Pause').click();
  const before = fetchedBytes;
  await position().fill(`${LENGTH_MS / 2}`);
  await until('it is there', async () => (await atMs()) >= LENGTH_MS / 2 - 100 && (await isAhead()));
  await button('Play').click();
  await playsWithin(LENGTH_MS / 2 - 100, LENGTH_MS / 2 + 20_000);
  expect(fetchedBytes - before).toBeLessThan(recording.bytes / 4);
  await button('Pause').click();
  const lastMs = Math.ceil((await bufferedMs()) / 100) * 100 - 100;
  await position().fill(`${lastMs}`);
  await button('Play').click();
  await playsWithin(lastMs - 100, lastMs + 5000);
  expect(watched.troubles()).toEqual([]);
});
