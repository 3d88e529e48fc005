import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Manifest, ManifestFile } from '#protocol/manifest.ts';
import { scaled } from '#scripts/testing/slowness.ts';
import { systemClock } from '#service/clock.ts';
import type { Devices } from './testing/participant-media/fake-devices.ts';
import {
  hasFlashed,
  installFlashAndBeep,
  LENGTH_S,
  PERIOD_S,
} from './testing/participant-media/flash-and-beep.ts';
import { removeH264 } from './testing/participant-media/without-h264.ts';
import type { Person } from './testing/person.ts';
import { quantile } from './testing/quantile.ts';
import {
  capturedTimes,
  corruptPictures,
  timedPictures,
} from './testing/recording-inspection/captured-times.ts';
import { decodingFaults, flvmetaErrors, probe } from './testing/recording-inspection/decoding.ts';
import { readFlvFile, tagFaults } from './testing/recording-inspection/flv-tags.ts';
import { beepsIn, flashesIn } from './testing/recording-inspection/onsets.ts';
import { untilRecording } from './testing/recordings-on-disk.ts';
import { runSystem } from './testing/run-system.ts';
import { startSystem } from './testing/system.ts';
import { until } from './testing/wait.ts';

/** A meeting goes on for a while before somebody presses Record. */
const BEFORE = 5;
const FLASHES = 14;
const MIN_PAIRS = 8;
/** As for a browser that sends H.264 (CLOCK11). */
const MEDIAN_MS = 45;
const FRAMES_PER_SECOND = 30;

const running = runSystem(() => startSystem({ MAX_TRANSCODES: '1' }));

async function arrive(name: string, devices: Devices): Promise<Person> {
  const person = await running.arrive(name, devices);
  await person.watched.context.addInitScript(removeH264, 'send');
  return person;
}

/** The processes that convert, by what the recorder's log says; the latest last. */
function converters(): number[] {
  return [...running.system.output().matchAll(/transcoder-started pid=(\d+)/g)].map(([, pid]) => Number(pid));
}

test('[CONV9] browsers that cannot send H.264 are recorded in it, one at a time as the server is set', async () => {
  const eve = await arrive('Eve', {
    owner: 6,
    camera: { width: 320, height: 240, framesPerSecond: 30 },
    microphone: true,
  });
  const timing = { periodS: PERIOD_S, lengthS: LENGTH_S, framesPerSecond: FRAMES_PER_SECOND };
  await eve.watched.context.addInitScript(installFlashAndBeep, timing);
  const camera = { width: 320, height: 240, framesPerSecond: 15, shows: 'time' } as const;
  const pat = await arrive('Pat', { owner: 7, camera, microphone: true });
  const link = await eve.createMeeting(running.url, 'Without H.264');
  await eve.askToJoin();
  await eve.isIn();
  await pat.join(link);
  const take = (what: string, condition: (manifest: Manifest) => boolean) =>
    untilRecording(what, running.system.recordingsDir, 0, condition);
  const fileOf = ({ files }: Manifest, person: Person): ManifestFile | undefined =>
    files.find(({ personName }) => personName === person.name);

  const untilShown = (count: number) =>
    until(`${count} flashes are shown`, () => eve.page.evaluate(hasFlashed, count));
  await untilShown(BEFORE);
  await eve.button('Start recording').click();
  await eve.light.waitFor();
  await until('Eve is converted', () => converters().length > 0);
  await pat.answer('Accept');
  await eve.button(/recorded$/).click();
  const waits = eve.page.getByText('the server converts at most 1 at once. Only sound is recorded');
  await waits.waitFor();
  await untilShown(BEFORE + FLASHES);
  expect(await waits.count()).toBe(1);

  await eve.toggle('Camera');
  await waits.waitFor({ state: 'detached' });
  const begun = await take('Pat has a file', (manifest) => fileOf(manifest, pat) !== undefined);
  await until('Pat is converted', () => converters().length > 1);
  const nearMs = systemClock.nowMs();
  const { path } = begun;
  const patsFile = join(path, fileOf(begun.manifest, pat)?.name ?? '');
  const picturesOf = async () =>
    (await readFlvFile(patsFile)).tags.filter(({ isHeader, type }) => type === 'video' && !isHeader).length;
  const untilMore = async (pictures: number): Promise<void> => {
    const before = await picturesOf();
    await until(`${pictures} more pictures`, async () => (await picturesOf()) > before + pictures);
  };
  await untilMore(40);
  process.kill(converters().at(-1) ?? Number.NaN, 'SIGKILL');
  await untilMore(30);
  const pressedAtMs = await eve.press('Stop recording');
  const { manifest } = await take('it is complete', ({ state }) => state === 'complete');
  const completeAtMs = systemClock.nowMs();

  expect(manifest.files).toHaveLength(2);
  for (const { name } of manifest.files) {
    const file = join(path, name);
    expect(await decodingFaults(file)).toEqual([]);
    expect(await flvmetaErrors(file)).toEqual([]);
    expect(tagFaults(await readFlvFile(file))).toEqual([]);
    expect(await probe(file)).toMatchObject({ video: { codec: 'h264' }, audio: { codec: 'aac' } });
  }

  const evesFile = join(path, fileOf(manifest, eve)?.name ?? '');
  const beeps = await beepsIn(evesFile);
  const offsets = (await flashesIn(evesFile)).flatMap((flashMs) =>
    beeps.map((beepMs) => flashMs - beepMs).filter((ms) => Math.abs(ms) < (PERIOD_S * 1000) / 2),
  );
  const [p5, median, p95] = [0.05, 0.5, 0.95].map((q) => quantile(offsets, q)) as [number, number, number];
  const pats = fileOf(manifest, pat);
  const pictures = await timedPictures(patsFile, nearMs);
  const originMs = manifest.startedAtMs + (pats?.startOffsetMs ?? 0);
  const latenessMs = pictures.flatMap((picture) =>
    picture.kind === 'time' ? [originMs + picture.atMs - picture.capturedAtMs] : [],
  );
  const shownMs = pictures.filter(({ kind }) => kind === 'time').map(({ atMs }) => atMs);
  const standstillMs = Math.max(...shownMs.slice(1).map((ms, at) => ms - (shownMs[at] ?? ms)));
  console.info(
    `VP8: flash after beep: median ${median.toFixed(1)}, p5 ${p5.toFixed(1)}, p95 ${p95.toFixed(1)} ms of ${offsets.length}; ` +
      `pictures after their drawing: median ${quantile(latenessMs, 0.5).toFixed(0)}, p95 ${quantile(latenessMs, 0.95).toFixed(0)} ms ` +
      `of ${latenessMs.length}; a killed converter holds them up for ${standstillMs.toFixed(0)} ms; ` +
      `Stop to complete ${(completeAtMs - pressedAtMs).toFixed(0)} ms`,
  );
  expect(offsets.length).toBeGreaterThanOrEqual(MIN_PAIRS);
  expect(Math.abs(median)).toBeLessThanOrEqual(scaled(MEDIAN_MS));
  expect(fileOf(manifest, eve)?.cameraOff.length).toBeGreaterThanOrEqual(1);
  expect(corruptPictures(pictures)).toEqual([]);
  expect(pictures[0]?.kind).toBe('plain');
  expect(capturedTimes(pictures).length).toBeGreaterThan(20);
  expect(pats?.gaps.some(({ cause }) => cause === 'transcodes-full')).toBe(true);
  expect(converters()).toHaveLength(3);
  expect(standstillMs).toBeLessThan(scaled(1000));
  expect(eve.watched.troubles()).toEqual([]);
  expect(pat.watched.troubles()).toEqual([]);
});
