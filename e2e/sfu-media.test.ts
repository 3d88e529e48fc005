import { observer, type types } from 'mediasoup';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Notice, NoticeName } from '#protocol/signalling.ts';
import { BALANCE_INTERVAL_MS } from '#sfu/meeting/media-desk.ts';
import { QUALITY_INTERVAL_MS } from '#sfu/meeting/meeting.ts';
import { makeToken } from '#sfu/testing/test-participant.ts';
import { openTestSfu, type TestSfu } from '#sfu/testing/test-sfu.ts';
import { type AttendeesPage, openAttendees } from './testing/attendees/attendees.ts';
import type { Picture } from './testing/attendees/page.ts';
import { openBrowser } from './testing/browser.ts';
import { until } from './testing/wait.ts';

/** Decoded after something changed: more than what was still on the way. */
const FRAMES = 10;

let browser: Browser;
let page: Page;
let attendees: AttendeesPage;

beforeAll(async () => {
  browser = await openBrowser();
  attendees = await openAttendees(browser);
  page = attendees.page;
});

afterAll(async () => {
  attendees.close();
  await browser.close();
});

/** Hanna sends camera and microphone, Pat receives the camera. */
async function openMeeting(mimeType?: string) {
  const pids: number[] = [];
  observer.once('newworker', (worker) => pids.push(worker.pid));
  const sfu = await openTestSfu();
  await attendees.reload();
  await attend(sfu, 'hanna', 'host');
  await attend(sfu, 'pat', 'participant');
  const camera = await page.evaluate(
    (type) => window.attendees.hanna?.send('camera', { mimeType: type }),
    mimeType,
  );
  if (camera === undefined) throw new Error('hanna is not there');
  await page.evaluate((id) => window.attendees.pat?.receive(id), camera);
  return { sfu, camera, pids };
}

/** Every transport of browsers that is made from now on. */
function watchTransports(): types.WebRtcTransport[] {
  const transports: types.WebRtcTransport[] = [];
  observer.once('newworker', (worker) =>
    worker.observer.on('newrouter', (router) =>
      router.observer.on('newtransport', (transport) => {
        if (transport.type === 'webrtc') transports.push(transport as types.WebRtcTransport);
      }),
    ),
  );
  return transports;
}

async function attend(sfu: TestSfu, connectionId: string, role: string): Promise<void> {
  const claims = { meeting: 'm1', name: connectionId, connectionId, role };
  const token = await makeToken(claims, sfu.clock.nowMs());
  await page.evaluate(([name, url, jwt]) => window.attend(name, url, jwt), [
    connectionId,
    sfu.url,
    token,
  ] as const);
}

const pictureOf = (camera: string): Promise<Picture | undefined> =>
  page.evaluate((id) => window.attendees.pat?.picture(id), camera);

async function framesOf(camera: string): Promise<number> {
  return (await pictureOf(camera))?.framesDecoded ?? 0;
}

const framesSent = async (): Promise<number> =>
  (await page.evaluate(() => window.attendees.hanna?.framesSent())) ?? 0;

/** Pictures go on coming from now on. */
async function flows(camera: string): Promise<void> {
  const before = await framesOf(camera);
  await until('pictures flow', async () => (await framesOf(camera)) > before + FRAMES);
}

async function heard<N extends NoticeName>(who: 'hanna' | 'pat', name: N): Promise<Notice<N>[]> {
  const all = await page.evaluate((one) => window.attendees[one]?.notices ?? [], who);
  return all.filter((notice) => notice.name === name).map(({ data }) => data as Notice<N>);
}

const show = (camera: string, width: number, height: number) =>
  page.evaluate((video) => window.attendees.pat?.show([video]), { producerId: camera, width, height });

test('a video comes in the layer of its tile, not at all while it is hidden, and again when it is shown', async () => {
  const { camera } = await openMeeting();
  await until('full size', async () => (await pictureOf(camera))?.width === 1280);
  expect((await pictureOf(camera))?.codec).toBe('video/H264');
  await show(camera, 320, 180);
  await until('the smallest layer', async () => (await pictureOf(camera))?.width === 320);
  await page.evaluate(() => window.attendees.pat?.show([]));
  const sent = await framesSent();
  await until('what was on the way has come', async () => (await framesSent()) > sent + FRAMES);
  const frames = await framesOf(camera);
  await until('much more is sent', async () => (await framesSent()) > sent + 4 * FRAMES);
  expect(await framesOf(camera)).toBe(frames);
  await show(camera, 640, 360);
  await until('the middle layer', async () => (await pictureOf(camera))?.width === 640);
});

test('everybody learns who speaks and how well the others are connected', async () => {
  const { sfu } = await openMeeting();
  await page.evaluate(() => window.attendees.hanna?.send('microphone'));
  await until('who is audible, and has the floor, is told', async () => {
    const last = (await heard('pat', 'speakersChanged')).at(-1);
    return last?.connectionIds.includes('hanna') && last.dominant === 'hanna';
  });
  await until('and quality', async () => {
    sfu.clock.advance(QUALITY_INTERVAL_MS);
    const told = await heard('hanna', 'qualityChanged');
    return told.some(({ people }) => people.some(({ connectionId }) => connectionId === 'pat'));
  });
});

test('audio first: a picture for which there is no room is held back and told, and comes again when there is', async () => {
  const transports = watchTransports();
  const { sfu } = await openMeeting();
  const microphone = await page.evaluate(() => window.attendees.hanna?.send('microphone'));
  const picture = { width: 640, height: 480, frameRate: 15 };
  const screen =
    (await page.evaluate((one) => window.attendees.hanna?.send('screen', { picture: one }), picture)) ?? '';
  await page.evaluate((id) => window.attendees.pat?.receive(id), screen);
  await page.evaluate((id) => window.attendees.pat?.receive(id ?? ''), microphone);
  await flows(screen);
  const told = async () => {
    sfu.clock.advance(BALANCE_INTERVAL_MS);
    return (await heard('pat', 'videosHeldBack')).at(-1)?.producerIds;
  };
  for (let look = 0; look < 4; look += 1) {
    await flows(screen);
    expect(await told()).toBeUndefined();
  }
  for (const transport of transports) await transport.setMaxOutgoingBitrate(60_000);
  await until('it is held back', async () => (await told())?.includes(screen));
  const frames = await framesOf(screen);
  const heardBefore = await framesSent();
  await until('much more is sent', async () => (await framesSent()) > heardBefore + 4 * FRAMES);
  expect(await framesOf(screen)).toBeLessThanOrEqual(frames + 2);
  for (const transport of transports) await transport.setMaxOutgoingBitrate(8_000_000);
  await until('it is let go', async () => (await told())?.length === 0);
  await flows(screen);
});

test('media goes on while a socket is lost, after resuming, and after an ICE restart', async () => {
  const { camera } = await openMeeting();
  await flows(camera);
  await page.evaluate(() => {
    window.attendees.hanna?.lose();
    window.attendees.pat?.lose();
  });
  await flows(camera);
  const media = await page.evaluate(async () => {
    await window.attendees.hanna?.resume();
    return (await window.attendees.pat?.resume())?.media;
  });
  expect(media?.consumers.map(({ producerId }) => producerId)).toEqual([camera]);
  await page.evaluate(async () => {
    await window.attendees.hanna?.restartIce();
    await window.attendees.pat?.restartIce();
  });
  await flows(camera);
});

test('a dead media worker costs a moment: everybody makes transports again over the sockets they have', async () => {
  const { camera, pids } = await openMeeting();
  await flows(camera);
  process.kill(pids[0] ?? 0, 'SIGKILL');
  const told = await until('everybody is told', async () => (await heard('hanna', 'mediaReplaced'))[0]);
  const again = await page.evaluate(async (capabilities) => {
    const { hanna, pat } = window.attendees;
    await hanna?.load(capabilities);
    await pat?.load(capabilities);
    const producerId = (await hanna?.send('camera')) ?? '';
    await pat?.receive(producerId);
    return producerId;
  }, told.routerRtpCapabilities);
  await flows(again);
  expect((await heard('pat', 'producerAdded')).map(({ producer }) => producer.producerId)).toContain(again);
});

test('what is sent as VP8 is received as VP8, and said to be', async () => {
  const { camera } = await openMeeting('video/VP8');
  await flows(camera);
  expect((await pictureOf(camera))?.codec).toBe('video/VP8');
  const added = (await heard('pat', 'producerAdded')).find(({ producer }) => producer.producerId === camera);
  expect(added?.producer.codec).toBe('vp8');
});
