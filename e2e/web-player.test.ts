import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { FlvMuxer } from '#recorder/flv/flv-muxer.ts';
import { h264, silentAacFrame } from '#recorder/flv/testing/encoded-media.ts';
import { patch } from '#recorder/flv/testing/file-in-memory.ts';
import { makeCameraOffSlate } from '#recorder/slate/camera-off.ts';
import { openBrowser } from './testing/browser.ts';

const MPEGTS = createRequire(import.meta.url).resolve('mpegts.js/dist/mpegts.js');
const PAGE = '<!doctype html><video muted></video><script src="/mpegts.js"></script>';
const FRAME_MS = 1000 / 30;
const AAC_FRAME_MS = 1024 / 48;

let folder: string;
let browser: Browser;
let page: Page;

interface Tag {
  atMs: number;
  write(muxer: FlvMuxer): Buffer[];
}

/** Puts pictures and silence into a file, as the recorder does. */
async function writeFlv(name: string, pictures: Tag[], seconds: number): Promise<void> {
  const muxer = new FlvMuxer({ encoder: 'test', createdAtMs: 0, channels: 1, sampleRate: 48000 });
  const sounds = Array.from({ length: Math.floor((seconds * 1000) / AAC_FRAME_MS) }, (_, index): Tag => {
    const atMs = index * AAC_FRAME_MS;
    return { atMs, write: (to) => to.audio(silentAacFrame, atMs) };
  });
  const tags = [...pictures, ...sounds].toSorted((a, b) => a.atMs - b.atMs);
  const file = Buffer.concat([muxer.begin(), ...tags.flatMap((tag) => tag.write(muxer))]);
  patch(file, muxer.metadata());
  await writeFile(join(folder, name), file);
}

function camera(size: string, fromMs: number, seconds: number): Tag[] {
  return h264(size, seconds * 30).map((picture, index) => {
    const atMs = fromMs + index * FRAME_MS;
    return { atMs, write: (muxer) => muxer.video(picture, atMs) };
  });
}

function slates(seconds: number): Tag[] {
  return Array.from({ length: Math.floor(seconds / 5) + 1 }, (_, index) => {
    const atMs = index * 5000;
    const slate = makeCameraOffSlate({ width: 640, height: 360 }, index % 2 === 0 ? 0 : 1);
    return { atMs, write: (muxer) => muxer.video(slate, atMs) };
  });
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'verbatim-web-player-'));
  await Promise.all([
    writeFlv(
      'sizes.flv',
      [...camera('320x180', 0, 4), ...camera('640x360', 4000, 4), ...camera('320x180', 8000, 4)],
      12,
    ),
    writeFlv('sound.flv', slates(12), 12),
  ]);
  browser = await openBrowser();
  page = await browser.newPage();
  await page.route('**/*', async (route) => {
    const name = new URL(route.request().url()).pathname.slice(1);
    if (name === '') await route.fulfill({ contentType: 'text/html', body: PAGE });
    else if (name === 'mpegts.js') await route.fulfill({ path: MPEGTS });
    else if (name.endsWith('.flv')) await route.fulfill(await part(name, route.request().headers().range));
    else await route.fulfill({ status: 404 });
  });
});

/** The bytes that a player asks for. */
async function part(name: string, range = 'bytes=0-') {
  const file = await readFile(join(folder, name));
  const [, from = '', to = ''] = /bytes=(\d+)-(\d*)/.exec(range) ?? [];
  const [start, end] = [Number(from), to ? Number(to) : file.length - 1];
  const headers = { 'content-range': `bytes ${start}-${end}/${file.length}` };
  return { status: 206, headers, body: file.subarray(start, end + 1) };
}

afterAll(async () => {
  await browser?.close();
  await rm(folder, { recursive: true });
});

declare const mpegts: {
  createPlayer(
    source: object,
    config: object,
  ): {
    attachMediaElement(element: HTMLVideoElement): void;
    load(): void;
    on(event: string, listener: (...details: unknown[]) => void): void;
  };
};

/** Opens a file in mpegts.js as the archive's player does. */
async function open(name: string): Promise<void> {
  await page.goto('http://player.test/');
  await page.evaluate((file) => {
    const video = document.querySelector('video') as HTMLVideoElement;
    const player = mpegts.createPlayer(
      { type: 'flv', url: `/${file}` },
      { enableWorker: false, lazyLoad: false },
    );
    const faults: string[] = [];
    Object.assign(window, { faults });
    player.on('error', (...details) => faults.push(details.map(String).join(' ')));
    video.addEventListener('error', () => faults.push(`video: ${video.error?.message}`));
    player.attachMediaElement(video);
    player.load();
    return video.play();
  }, name);
}

function faults(): Promise<string[]> {
  return page.evaluate(() => (window as unknown as { faults: string[] }).faults);
}

/** Jumps, and waits until pictures move on from there. */
async function seek(seconds: number): Promise<{ width: number; time: number }> {
  await page.evaluate((to) => {
    (document.querySelector('video') as HTMLVideoElement).currentTime = to;
  }, seconds);
  const moved = await page.waitForFunction((from) => {
    const video = document.querySelector('video') as HTMLVideoElement;
    const onTheWay = !video.seeking && video.currentTime >= from + 0.3;
    return onTheWay && { width: video.videoWidth, time: video.currentTime };
  }, seconds);
  return moved.jsonValue() as Promise<{ width: number; time: number }>;
}

async function playsToItsEnd(): Promise<number> {
  await page.waitForFunction(() => (document.querySelector('video') as HTMLVideoElement).ended);
  return page.evaluate(() => (document.querySelector('video') as HTMLVideoElement).currentTime);
}

test('[FLV13] [P7] mpegts.js plays and seeks before, into and behind another picture size, up to the end', async () => {
  await open('sizes.flv');
  expect((await seek(1)).width).toBe(320);
  expect((await seek(6)).width).toBe(640);
  expect((await seek(2)).width).toBe(320);
  expect((await seek(10)).width).toBe(320);
  expect(await playsToItsEnd()).toBeGreaterThan(11.8);
  expect(await faults()).toEqual([]);
});

test('[FLV13] a file of sound and the slate alone plays, seeks and ends too', async () => {
  await open('sound.flv');
  expect((await seek(1)).width).toBe(640);
  expect((await seek(7)).width).toBe(640);
  await seek(10.5);
  expect(await playsToItsEnd()).toBeGreaterThan(11.8);
  expect(await faults()).toEqual([]);
});
