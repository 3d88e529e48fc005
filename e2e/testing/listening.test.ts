import { createServer, type Server } from 'node:http';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openBrowser, openPage, type WatchedPage } from './browser.ts';
import { hears, picturesIn, sees, tonesIn } from './listening.ts';
import { freePorts } from './system.ts';
import { until } from './wait.ts';

let browser: Browser;
let server: Server;
let url: string;

beforeAll(async () => {
  // Devices exist in secure contexts only, and loopback is one.
  const port = await freePorts(1);
  server = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'text/html' });
    response.end('<!doctype html><link rel="icon" href="data:,"><title>Loop</title>');
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${port}/`;
  browser = await openBrowser();
});

afterAll(async () => {
  await browser?.close();
  server?.close();
});

/** Sends what the page's devices give through a peer connection to the page itself, and plays it. */
async function loop(watched: WatchedPage, kinds: { audio: boolean; video: boolean }): Promise<void> {
  await watched.page.goto(url);
  await watched.page.evaluate(async (constraints) => {
    const stream = await navigator.mediaDevices.getUserMedia(constraints);
    const [from, to] = [new RTCPeerConnection(), new RTCPeerConnection()];
    from.onicecandidate = ({ candidate }) => void to.addIceCandidate(candidate ?? undefined);
    to.onicecandidate = ({ candidate }) => void from.addIceCandidate(candidate ?? undefined);
    to.ontrack = ({ track }) => {
      const element = document.createElement(track.kind === 'video' ? 'video' : 'audio');
      element.srcObject = new MediaStream([track]);
      document.body.append(element);
      void element.play();
    };
    for (const track of stream.getTracks()) from.addTrack(track, stream);
    await from.setLocalDescription();
    if (from.localDescription) await to.setRemoteDescription(from.localDescription);
    await to.setLocalDescription();
    if (to.localDescription) await from.setRemoteDescription(to.localDescription);
  }, kinds);
}

test('a person is seen and heard by their own code and tone, in pages that are not in front', async () => {
  const first = await openPage(browser, {
    owner: 1,
    camera: { width: 640, height: 360, framesPerSecond: 15 },
    microphone: true,
  });
  const second = await openPage(browser, { owner: 2, microphone: true });
  await loop(first, { audio: true, video: true });
  await loop(second, { audio: true, video: false });
  await until('1 sees themselves', () => sees(first.page, 1));
  await until('1 hears themselves', () => hears(first.page, 1));
  await until('2 hears themselves', () => hears(second.page, 2));
  expect(await sees(first.page, 2)).toBe(false);
  const tones = await tonesIn(first.page);
  expect(tones.filter((tone) => tone > 0.01)).toEqual([tones[1]]);
  expect((await picturesIn(second.page)).length).toBe(0);
  expect(
    await second.page.evaluate(() =>
      navigator.mediaDevices.getUserMedia({ video: true }).catch((error) => error.name),
    ),
  ).toBe('NotFoundError');
  expect([...first.troubles(), ...second.troubles()]).toEqual([]);
  await first.context.close();
  await second.context.close();
});

test('a person whose browser refuses gets no devices', async () => {
  const { page, context } = await openPage(browser);
  await page.goto(url);
  const refusal = await page.evaluate(() =>
    navigator.mediaDevices.getUserMedia({ audio: true, video: true }).catch((error) => error.name),
  );
  expect(refusal).toBe('NotAllowedError');
  await context.close();
});
