import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { writeMp4 } from '#archive/exports/mp4/write-mp4.ts';
import { FlvMuxer } from '#recorder/flv/flv-muxer.ts';
import { h264, silentAacFrame } from '#recorder/flv/testing/encoded-media.ts';
import { patch } from '#recorder/flv/testing/file-in-memory.ts';
import { makeCameraOffSlate } from '#recorder/slate/camera-off.ts';
import { openBrowser } from './testing/browser.ts';
import { FFMPEG, output } from './testing/recording-inspection/programs.ts';

const AAC_FRAME_MS = 1024 / 48;
/** Pictures are compared at so many grey values a side. */
const SIDE = 32;
/** Of a grey value, on average: two decoders round differently, and a picture earlier or later is another one. */
const ALIKE = 10;

let folder: string;
let browser: Browser;
let page: Page;

/** The slate, a phone held level, upright, and level again, the slate. */
async function writeTurned(path: string): Promise<void> {
  const muxer = new FlvMuxer({ encoder: 'test', createdAtMs: 0, channels: 1, sampleRate: 48000 });
  const tags: { atMs: number; write: () => Buffer[] }[] = [];
  const slate = makeCameraOffSlate({ width: 640, height: 360 });
  for (const atMs of [0, 8000]) tags.push({ atMs, write: () => muxer.video(slate, atMs) });
  for (const [part, size] of ['640x360', '360x640', '640x360'].entries()) {
    for (const [index, picture] of h264(size, 60).entries()) {
      const atMs = 2000 * (part + 1) + (index * 1000) / 30;
      tags.push({ atMs, write: () => muxer.video(picture, atMs) });
    }
  }
  for (let atMs = 0; atMs < 9000; atMs += AAC_FRAME_MS) {
    const at = atMs;
    tags.push({ atMs: at, write: () => muxer.audio(silentAacFrame, at) });
  }
  tags.sort((one, other) => one.atMs - other.atMs);
  const file = Buffer.concat([muxer.begin(), ...tags.flatMap(({ write }) => write())]);
  patch(file, muxer.metadata());
  await writeFile(path, file);
}

/** The bytes that a player asks for. */
async function part(range = 'bytes=0-') {
  const file = await readFile(join(folder, 'turned.mp4'));
  const [, from = '', to = ''] = /bytes=(\d+)-(\d*)/.exec(range) ?? [];
  const [start, end] = [Number(from), to ? Number(to) : file.length - 1];
  const headers = { 'content-range': `bytes ${start}-${end}/${file.length}`, 'content-type': 'video/mp4' };
  return { status: 206, headers, body: file.subarray(start, end + 1) };
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'verbatim-mp4-'));
  const paths = { source: join(folder, 'turned.flv'), target: join(folder, 'turned.mp4') };
  await writeTurned(paths.source);
  await writeMp4(paths, ['pictures', 'sound'], () => undefined);
  browser = await openBrowser();
  page = await browser.newPage();
  await page.route('**/*', async (route) => {
    const name = new URL(route.request().url()).pathname.slice(1);
    if (name === 'turned.mp4') await route.fulfill(await part(route.request().headers().range));
    else await route.fulfill({ contentType: 'text/html', body: '<!doctype html><video muted></video>' });
  });
  await page.goto('http://player.test/');
});

afterAll(async () => {
  await browser?.close();
  await rm(folder, { recursive: true });
});

/** What a browser shows at an instant: how large it says that is, and what it draws. */
function shown(atSeconds: number): Promise<{ size: string; grey: number[] }> {
  return page.evaluate(
    async ({ seconds, side }) => {
      const video = document.querySelector('video') as HTMLVideoElement;
      if (!video.currentSrc) video.src = '/turned.mp4';
      const failed = new Promise<never>((_, reject) => {
        video.onerror = () => reject(new Error(video.error?.message));
      });
      const seeked = new Promise((resolve) => {
        video.onseeked = resolve;
      });
      video.currentTime = seconds;
      await Promise.race([seeked, failed]);
      const canvas = new OffscreenCanvas(side, side);
      const context = canvas.getContext('2d') as OffscreenCanvasRenderingContext2D;
      context.imageSmoothingQuality = 'high';
      context.drawImage(video, 0, 0, side, side);
      const { data } = context.getImageData(0, 0, side, side);
      const grey = Array.from(
        { length: side * side },
        (_, at) =>
          0.299 * (data[4 * at] ?? 0) + 0.587 * (data[4 * at + 1] ?? 0) + 0.114 * (data[4 * at + 2] ?? 0),
      );
      return { size: `${video.videoWidth}x${video.videoHeight}`, grey };
    },
    { seconds: atSeconds, side: SIDE },
  );
}

/** The same of the FLV, as ffmpeg decodes it: the last picture up to there. */
async function recorded(atSeconds: number): Promise<number[]> {
  const filter = `scale=${SIDE}:${SIDE}:flags=area:out_range=full,format=gray`;
  const upTo = ['-v', 'error', '-i', join(folder, 'turned.flv'), '-to', `${atSeconds}`];
  const raw = ['-vf', filter, '-fps_mode', 'passthrough', '-f', 'rawvideo', '-'];
  return [...(await output(FFMPEG, [...upTo, ...raw])).subarray(-SIDE * SIDE)];
}

test('a browser plays and seeks in an MP4 whose picture changes its shape, and shows what was recorded', async () => {
  // There and back again: what was decoded before must not matter.
  for (const [seconds, size] of [
    [1, '640x360'],
    [2.5, '640x360'],
    [4.52, '360x640'],
    [6.52, '640x360'],
    [5.2, '360x640'],
    [3.2, '640x360'],
    [8.5, '640x360'],
    [4.02, '360x640'],
  ] as const) {
    const [picture, expected] = [await shown(seconds), await recorded(seconds)];
    const apart = expected.reduce((sum, grey, at) => sum + Math.abs(grey - (picture.grey[at] ?? 0)), 0);
    console.info(`${seconds} s: ${picture.size}, ${(apart / expected.length).toFixed(1)} of 255 apart`);
    expect(picture.size).toBe(size);
    expect(apart / expected.length).toBeLessThan(ALIKE);
  }
  const played = await page.evaluate(async () => {
    const video = document.querySelector('video') as HTMLVideoElement;
    const sizes: string[] = [];
    video.onresize = () => sizes.push(`${video.videoWidth}x${video.videoHeight}`);
    video.currentTime = 0;
    await new Promise((resolve, reject) => {
      video.onended = resolve;
      video.onerror = () => reject(new Error(video.error?.message));
      void video.play();
    });
    return { sizes, seconds: video.currentTime };
  });
  expect(played.sizes.slice(-2)).toEqual(['360x640', '640x360']);
  expect(played.seconds).toBeCloseTo(9, 1);
});
