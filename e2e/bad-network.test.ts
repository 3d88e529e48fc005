import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import type { Manifest, ManifestFile } from '#protocol/manifest.ts';
import { blackouts, burstLoss, randomLoss, seeded, type Weather } from '#recorder/testing/hop.ts';
import { scaled } from '#scripts/testing/slowness.ts';
import { systemClock } from '#service/clock.ts';
import { detourMedia } from './testing/bad-network/browser-detour.ts';
import { openRecorderDetour, type RecorderDetour } from './testing/bad-network/recorder-detour.ts';
import { UdpRelay } from './testing/bad-network/udp-relay.ts';
import { rememberConnections, soundReceived } from './testing/connections-in-page.ts';
import {
  capturedTimes,
  corruptPictures,
  timedPictures,
} from './testing/recording-inspection/captured-times.ts';
import { decodingFaults } from './testing/recording-inspection/decoding.ts';
import { longestGapMs, readFlvFile, tagFaults } from './testing/recording-inspection/flv-tags.ts';
import { untilRecording } from './testing/recordings-on-disk.ts';
import { runSystem } from './testing/run-system.ts';
import { startRecorder, startWithoutRecorder } from './testing/system.ts';
import { until } from './testing/wait.ts';

/** The longest freeze for loss between SFU and recorder [DMG4]. */
const FREEZE_MS = 1000;
/** A freeze this long must have a reason in the manifest: three pictures and more. */
const NOTED_MS = 300;
/** So much may be lost for good, sound as well as pictures. */
const MOST_LOST = 0.04;
/** From capture to what the recorder notes on arrival, and the wait for repairs. */
const NOTED_WITHIN_MS = 1500;

type Loses = (nowMs: number) => boolean;
const calm: Loses = () => false;
const random = seeded(11);
const phases: [name: string, seconds: number, loses: () => Loses][] = [
  ['calm', 2, () => calm],
  ['1 %', 4, () => randomLoss(0.01, random)],
  ['5 %', 4, () => randomLoss(0.05, random)],
  ['10 %', 6, () => randomLoss(0.1, random)],
  ['3 % in bursts of 8', 4, () => burstLoss(0.03, 8, random)],
  ['500 ms of darkness', 3, () => blackouts(now() - 10_000, 10_000, 500)],
  ['calm again', 2, () => calm],
];

const now = (): number => systemClock.nowMs();
let loses = calm;
const weather: Weather = { delayMs: 5, loses: (nowMs) => loses(nowMs) };
const weathers = { towardsTarget: weather, back: weather, random };

const running = runSystem(startWithoutRecorder);
let detour: RecorderDetour;
let uplink: UdpRelay;

beforeAll(async () => {
  const { RTC_PORT, SFU_URL = '' } = running.system.env;
  detour = running.keep(
    await openRecorderDetour(SFU_URL, (connectionId) => connectionId.startsWith('Lea'), weathers),
  );
  uplink = running.keep(await UdpRelay.open(weathers, { address: '127.0.0.1', port: Number(RTC_PORT) }));
  running.keep(await startRecorder(running.system, 'recorder-1', { SFU_URL: detour.url }));
});

interface Freeze {
  fromMs: number;
  toMs: number;
}

function freezes(times: readonly number[]): Freeze[] {
  return times.flatMap((toMs, at) => (at > 0 ? [{ fromMs: times[at - 1] as number, toMs }] : []));
}

const lengthOf = ({ fromMs, toMs }: Freeze): number => toMs - fromMs;

/** Whether the manifest says something of this freeze. */
function isNoted({ startedAtMs }: Manifest, { gaps, losses }: ManifestFile, freeze: Freeze): boolean {
  return [...gaps, ...losses].some(
    ({ fromMs, toMs }) =>
      startedAtMs + fromMs < freeze.toMs + NOTED_WITHIN_MS &&
      startedAtMs + toMs > freeze.fromMs - NOTED_WITHIN_MS,
  );
}

test('[DMG4] packets lost on either hop of a real meeting garble no picture, and freeze it briefly', async () => {
  const camera = { width: 320, height: 240, framesPerSecond: 15, shows: 'time' } as const;
  const lea = await running.arrive('Lea', { owner: 1, camera, microphone: true });
  const uma = await running.arrive('Uma', { owner: 2, camera, microphone: true });
  await uma.watched.context.addInitScript(detourMedia, uplink.endpoint.port);
  await uma.page.addInitScript(rememberConnections);
  const link = await lea.createMeeting(running.url, 'Bad network');
  await lea.askToJoin();
  await lea.isIn();
  await uma.join(link);
  await lea.button('Start recording').click();
  await uma.answer('Accept');
  await lea.light.waitFor();
  await untilRecording(
    'both are recorded',
    running.system.env.RECORDINGS_DIR ?? '',
    0,
    ({ files }) => files.length === 2,
  );
  const begun: { name: string; fromMs: number; dropped: number[] }[] = [];
  for (const [name, seconds, weatherOf] of phases) {
    loses = weatherOf();
    const fromMs = now();
    begun.push({ name, fromMs, dropped: [detour.dropped(), uplink.dropped] });
    await until(`${name} is over`, () => now() >= fromMs + seconds * 1000);
  }
  loses = calm;
  const heard = await soundReceived(uma.page);
  console.info(`downlink, ${heard.packets} packets of sound received, ${heard.lost} lost for good`);
  expect(heard.lost).toBeLessThanOrEqual(MOST_LOST * heard.packets);
  await lea.button('Stop recording').click();
  const isComplete = ({ state }: Manifest) => state === 'complete';
  const { path, manifest } = await untilRecording(
    'it is complete',
    running.system.env.RECORDINGS_DIR ?? '',
    0,
    isComplete,
  );
  expect(manifest.files.map(({ personName }) => personName).sort()).toEqual(['Lea', 'Uma']);

  for (const file of manifest.files) {
    const pictures = await timedPictures(join(path, file.name), manifest.startedAtMs);
    const all = freezes(capturedTimes(pictures));
    const perPhase = begun.map(({ name, fromMs }, at) => {
      const toMs = begun[at + 1]?.fromMs ?? Number.POSITIVE_INFINITY;
      const own = all.filter((freeze) => freeze.fromMs >= fromMs && freeze.fromMs < toMs);
      return `${name}: ${Math.round(Math.max(0, ...own.map(lengthOf)))} ms of ${own.length} pictures`;
    });
    const lost = file.losses.reduce((sum, { packets }) => sum + packets, 0);
    const hop = file.personName === 'Lea' ? 'last' : 'uplink';
    const dropped = hop === 'uplink' ? uplink.dropped : detour.dropped();
    console.info(
      `hop: ${hop}, ${dropped} datagrams dropped, ${lost} packets lost for good; longest freeze:\n  ${perPhase.join('\n  ')}`,
    );
    expect(dropped).toBeGreaterThan(20);
    expect.soft(corruptPictures(pictures), hop).toEqual([]);
    expect.soft(await decodingFaults(join(path, file.name)), hop).toEqual([]);
    const tags = await readFlvFile(join(path, file.name));
    expect.soft(tagFaults(tags, longestGapMs(file.gaps)), hop).toEqual([]);
    expect.soft(lost, hop).toBeLessThanOrEqual(MOST_LOST * dropped);
    expect.soft(file.losses.filter((loss) => loss.hop === (hop === 'last' ? 'uplink' : 'last'))).toEqual([]);
    if (hop === 'uplink') continue;
    expect.soft(Math.max(...all.map(lengthOf)), hop).toBeLessThanOrEqual(scaled(FREEZE_MS));
    const unnoted = all.filter(
      (freeze) => lengthOf(freeze) > scaled(NOTED_MS) && !isNoted(manifest, file, freeze),
    );
    expect.soft(unnoted, hop).toEqual([]);
  }
  for (const { watched } of [lea, uma]) expect(watched.troubles()).toEqual([]);
});
