import { beforeAll, expect, test } from 'vitest';
import { seeded, type Weather } from '#recorder/testing/hop.ts';
import { scaled } from '#scripts/testing/slowness.ts';
import { systemClock } from '#service/clock.ts';
import { detourMedia } from './testing/bad-network/browser-detour.ts';
import { UdpRelay } from './testing/bad-network/udp-relay.ts';
import type { Person } from './testing/person.ts';
import { untilRecording } from './testing/recordings-on-disk.ts';
import { runSystem } from './testing/run-system.ts';
import { startRecorder, startWithoutRecorder } from './testing/system.ts';

/** Nothing for 1.5 s, a heartbeat within 500 ms, the way to the page; and a machine that is busy otherwise. */
const OUT_WITHIN_MS = 3000;

const running = runSystem(startWithoutRecorder);
let network: UdpRelay;
let isDark = true;

beforeAll(async () => {
  running.keep(await startRecorder(running.system, 'recorder-1'));
  const weather: Weather = { delayMs: 0, loses: () => isDark };
  const port = Number(running.system.env.RTC_PORT);
  const weathers = { towardsTarget: weather, back: weather, random: seeded(1) };
  network = running.keep(await UdpRelay.open(weathers, { address: '127.0.0.1', port }));
});

/** Runs in the page: notes on it that the light was lit, and when it went out last, epoch ms. */
function noteLights(): void {
  const noted = document.documentElement.dataset;
  const isLit = () => document.querySelector('[role=status][aria-label=Recording]') !== null;
  let wasLit = false;
  const observer = new MutationObserver(() => {
    if (wasLit && !isLit()) noted.outAtMs = `${performance.timeOrigin + performance.now()}`;
    wasLit = isLit();
    if (wasLit) noted.wasLit = 'true';
  });
  observer.observe(document.documentElement, { subtree: true, childList: true });
}

/** Somebody on the page where one records oneself, whose media go over this network. */
async function arrive(): Promise<Person> {
  const camera = { width: 320, height: 240, framesPerSecond: 15 };
  const ada = await running.arrive('Ada', { owner: 1, camera, microphone: true });
  await ada.watched.context.addInitScript(detourMedia, network.endpoint.port);
  await ada.page.goto(`${running.url}/record`);
  return ada;
}

test('[LIGHT3] the light is out while nothing gets through to the server, and lit while something does', async () => {
  const ada = await arrive();
  await ada.page.evaluate(noteLights);
  await ada.button('Record').click();
  const words = ada.page.getByText('Nothing of you arrives');
  await words.waitFor();
  expect(await ada.page.locator('html[data-was-lit]').count()).toBe(0);

  isDark = false;
  await ada.light.waitFor();
  await words.waitFor({ state: 'detached' });

  isDark = true;
  const darkAtMs = systemClock.nowMs();
  await ada.light.waitFor({ state: 'detached' });
  const outAtMs = await ada.page.locator('html').getAttribute('data-out-at-ms');
  const outAfterMs = Number(outAtMs) - darkAtMs;
  console.info(`light out ${outAfterMs.toFixed(0)} ms after the last packet`);
  expect(outAfterMs).toBeLessThan(scaled(OUT_WITHIN_MS));
  await words.waitFor();

  isDark = false;
  await ada.light.waitFor();
  await ada.button('Stop').click();
  const { manifest } = await untilRecording(
    'it is complete',
    running.system.env.RECORDINGS_DIR ?? '',
    0,
    ({ state }) => state === 'complete',
  );
  expect(manifest.files).toHaveLength(1);
  const kinds = manifest.files[0]?.gaps.map(({ kind }) => kind);
  // Sound may have been sent again once it could be (TAKE15).
  expect(kinds).toContain('video');
});

test('a recording of which nothing arrived says so, and offers nothing', async () => {
  isDark = true;
  const ada = await arrive();
  await ada.button('Record').click();
  await ada.page.getByText('Nothing of you arrives').waitFor();
  await ada.button('Stop').click();
  await ada.page.getByRole('heading', { name: 'Nothing was recorded: nothing of you arrived.' }).waitFor();
  expect(await ada.button('Download ZIP').count()).toBe(0);
  expect(ada.watched.troubles()).toEqual([]);
});
