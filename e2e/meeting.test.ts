import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect, onTestFinished, test } from 'vitest';
import { fileNameSchema } from '#protocol/identifiers.ts';
import type { Manifest, ManifestFile } from '#protocol/manifest.ts';
import { scaled } from '#scripts/testing/slowness.ts';
import { systemClock } from '#service/clock.ts';
import type { Person } from './testing/person.ts';
import { decodingFaults, flvmetaErrors, probe } from './testing/recording-inspection/decoding.ts';
import {
  longestGapMs,
  MAX_STEP_BACK_MS,
  readFlvFile,
  tagFaults,
} from './testing/recording-inspection/flv-tags.ts';
import { strangePictures, watch } from './testing/recording-inspection/picture.ts';
import { cameraSizes } from './testing/recording-inspection/picture-sizes.ts';
import {
  listen,
  missingTone,
  type Span,
  strangeTones,
  unwantedTone,
  WINDOW_MS,
} from './testing/recording-inspection/sound.ts';
import { readRecordings, untilRecording, watchKeyframes } from './testing/recordings-on-disk.ts';
import { runSystem } from './testing/run-system.ts';
import { ADMIN_PASSWORD } from './testing/system.ts';

/** How far media time may be from the wall clock. */
const CLOCK_TOLERANCE_MS = 200;
/** Of the sound; with less the browser was too starved for anything to be said. */
const MOST_ARRIVES = 0.75;
/** A page that is left on a busy machine tells the server so with some delay; the file ends when it has. */
const LEAVING_MS = 1000;

/** What is due on disk of one person in one take. */
interface Expected {
  person: Person;
  /** Of the camera; undefined: there is none. */
  size: string | undefined;
  /** Time of the wall clock in which the person is surely unmuted, or surely muted. */
  heard: Span[];
  muted: Span[];
  endedAtMs: number;
}

interface Take {
  pressedAtMs: number;
  stoppedAtMs: number;
  completeAtMs: number;
  path: string;
  manifest: Manifest;
  expected: Expected[];
}

const running = runSystem();
let link: string;
const people: Person[] = [];
const takes: Take[] = [];

const now = (): number => systemClock.nowMs();

async function arrive(name: string, camera?: { width: number; height: number }): Promise<Person> {
  const person = await running.arrive(name, {
    owner: people.length,
    ...(camera ? { camera: { ...camera, framesPerSecond: 15 } } : {}),
    microphone: true,
  });
  people.push(person);
  return person;
}

test('a meeting of two is recorded, with one who comes late, one who declines, one who mutes, one who leaves', async () => {
  const ada = await arrive('Ada', { width: 640, height: 360 });
  const ben = await arrive('Ben');
  link = await ada.createMeeting(running.url, 'Weekly');
  await ada.askToJoin();
  await ada.isIn();
  await ben.join(link);
  await Promise.all([ada.untilHears(ben), ben.untilHears(ada), ben.untilSeesWhole(640)]);

  const keyframes = watchKeyframes(running.system.recordingsDir);
  onTestFinished(() => keyframes.end());
  const pressedAtMs = await ada.press('Start recording');
  await ben.answer('Accept');
  const benFromMs = now();
  await Promise.all([ada.light.waitFor(), ben.light.waitFor()]);

  const cleo = await arrive('Cleo', { width: 320, height: 240 });
  await cleo.page.goto(link);
  await cleo.askToJoin();
  await cleo.answer('Accept');
  await cleo.isIn();
  const dan = await arrive('Dan');
  await dan.page.goto(link);
  await dan.askToJoin();
  await dan.answer('Continue without being recorded');
  await dan.isIn();
  await Promise.all([ada.untilSees(cleo), cleo.untilSees(ada), ada.untilHears(dan), dan.untilHears(cleo)]);
  const cleoFromMs = now();

  const mutingAtMs = now();
  await ben.toggle('Microphone');
  await ada.untilHears(ben, false);
  const mutedAtMs = now();
  await ada.toggle('Camera');
  await cleo.untilSees(ada, false);
  await ada.toggle('Camera');
  await cleo.untilSees(ada);
  const unmutingAtMs = now();
  await ben.toggle('Microphone');
  await ada.untilHears(ben);
  const unmutedAtMs = now();

  const cleoToMs = await cleo.leave();
  await ada.untilHears(cleo, false);

  const stoppedAtMs = await ada.press('Stop recording');
  const done = await untilRecording(
    'the first take is complete',
    running.system.recordingsDir,
    0,
    isComplete,
  );
  const completeAtMs = now();
  await Promise.all([ada.light.waitFor({ state: 'hidden' }), ben.light.waitFor({ state: 'hidden' })]);
  await keyframes.end();

  takes.push({
    pressedAtMs,
    stoppedAtMs,
    completeAtMs,
    ...done,
    expected: [
      {
        person: ada,
        size: '640×360',
        heard: [{ fromMs: pressedAtMs + 500, toMs: stoppedAtMs }],
        muted: [],
        endedAtMs: stoppedAtMs,
      },
      {
        person: ben,
        size: undefined,
        heard: [
          { fromMs: benFromMs + 500, toMs: mutingAtMs },
          { fromMs: unmutedAtMs, toMs: stoppedAtMs },
        ],
        muted: [{ fromMs: mutedAtMs, toMs: unmutingAtMs }],
        endedAtMs: stoppedAtMs,
      },
      {
        person: cleo,
        size: '320×240',
        heard: [{ fromMs: cleoFromMs, toMs: cleoToMs }],
        muted: [],
        endedAtMs: cleoToMs,
      },
    ],
  });
  const host = fileOf(done.manifest, ada);
  const shownFromMs = (host.resolutions[0]?.atMs ?? Number.NaN) - host.startOffsetMs;
  const first = keyframes.seen
    .get(host.name)
    ?.find(({ timestampMs }) => timestampMs >= Math.floor(shownFromMs));
  if (!first) throw new Error('no keyframe of the host was seen');
  console.log(`record to first video keyframe on disk: ${Math.round(first.seenAtMs - pressedAtMs)} ms`);
  console.log(`stop to complete: ${Math.round(completeAtMs - stoppedAtMs)} ms`);
});

test('the same meeting is recorded once more', async () => {
  const [ada, ben, , dan] = people;
  if (!ada || !ben || !dan) throw new Error('the meeting did not take place');
  await ben.untilSeesWhole(640);
  const pressedAtMs = await ada.press('Start recording');
  await Promise.all([ben.answer('Accept'), dan.answer('Continue without being recorded')]);
  const benFromMs = now();
  const progress = (manifest: Manifest) => manifest.files.length === 2;
  await untilRecording('two files are being written', running.system.recordingsDir, 1, progress);
  await Promise.all([ada.light.waitFor(), ben.light.waitFor(), dan.light.waitFor()]);
  await Promise.all([ben.untilHears(ada), ben.untilSees(ada), ada.untilHears(ben)]);
  // Long enough for ffmpeg to tell the times of a few pictures from a frame rate.
  await ada.light.filter({ hasText: /[3-9]\s*$/ }).waitFor();
  const stoppedAtMs = await ada.press('Stop recording');
  const done = await untilRecording(
    'the second take is complete',
    running.system.recordingsDir,
    1,
    isComplete,
  );
  const completeAtMs = now();
  console.log(`stop to complete, second take: ${Math.round(completeAtMs - stoppedAtMs)} ms`);
  takes.push({
    pressedAtMs,
    stoppedAtMs,
    completeAtMs,
    ...done,
    expected: [
      {
        person: ada,
        size: '640×360',
        heard: [{ fromMs: pressedAtMs + 500, toMs: stoppedAtMs }],
        muted: [],
        endedAtMs: stoppedAtMs,
      },
      {
        person: ben,
        size: undefined,
        heard: [{ fromMs: benFromMs + 500, toMs: stoppedAtMs }],
        muted: [],
        endedAtMs: stoppedAtMs,
      },
    ],
  });
});

const isComplete = ({ state, files }: Manifest): boolean =>
  state === 'complete' && files.every((file) => file.state === 'complete');

function fileOf(manifest: Manifest, person: Person): ManifestFile {
  const own = manifest.files.filter(({ personName }) => personName === person.name);
  const [file] = own;
  if (!file || own.length !== 1) throw new Error(`${own.length} files of ${person.name}`);
  return file;
}

test('every expected file is there under its name, and no other', async () => {
  expect(takes.length).toBe(2);
  const names: string[] = [];
  for (const { path, manifest, expected } of takes) {
    expect(manifest.files.map(({ personName }) => personName).sort()).toEqual(
      expected.map(({ person }) => person.name).sort(),
    );
    const onDisk = (await readdir(path)).filter((name) => name.endsWith('.flv'));
    expect(onDisk.sort()).toEqual(manifest.files.map(({ name }) => name).sort());
    for (const { name, connectionId } of manifest.files) {
      expect(fileNameSchema.parse(name).startsWith(`${connectionId}-`)).toBe(true);
    }
    names.push(...onDisk);
  }
  expect(new Set(names).size).toBe(5);
  expect((await readRecordings(running.system.recordingsDir)).length).toBe(2);
});

test('the consent of everyone is written down', () => {
  const [first] = takes;
  const answers = first?.manifest.consent.map(({ name, consent }) => `${name} ${consent}`);
  expect(answers).toEqual(
    expect.arrayContaining(['Ben pending', 'Ben accepted', 'Cleo accepted', 'Dan declined']),
  );
});

test('every file decodes to its end, and is a sound FLV', async () => {
  for (const { path, manifest } of takes) {
    for (const { gaps, name } of manifest.files) {
      const file = join(path, name);
      expect.soft(await decodingFaults(file), name).toEqual([]);
      expect.soft(await flvmetaErrors(file), name).toEqual([]);
      // A browser that is short of time sends late, on a slow machine by more.
      const lateMs = scaled(MAX_STEP_BACK_MS) - MAX_STEP_BACK_MS;
      expect.soft(tagFaults(await readFlvFile(file), longestGapMs(gaps) + lateMs), name).toEqual([]);
    }
  }
});

test('durations agree with the wall clock', async () => {
  const apart = (
    name: string,
    value: number,
    due: number,
    toleranceMs = scaled(CLOCK_TOLERANCE_MS),
  ): string[] =>
    Math.abs(value - due) <= toleranceMs
      ? []
      : [`${name}: ${Math.round(value)} instead of ${Math.round(due)} ms`];
  for (const { path, manifest, expected, pressedAtMs, stoppedAtMs } of takes) {
    const faults = [
      ...apart('startedAtMs', manifest.startedAtMs, pressedAtMs),
      ...apart('stoppedAtMs', manifest.stoppedAtMs ?? Number.NaN, stoppedAtMs),
    ];
    for (const { person, endedAtMs } of expected) {
      const file = fileOf(manifest, person);
      const { leftAtMs = stoppedAtMs } =
        manifest.people.find(({ connectionId }) => connectionId === file.connectionId) ?? {};
      const due = leftAtMs - manifest.startedAtMs - file.startOffsetMs;
      const { tags } = await readFlvFile(join(path, file.name));
      const { durationMs } = await probe(join(path, file.name));
      faults.push(
        ...apart(`${person.name}, leaving`, leftAtMs, endedAtMs, scaled(LEAVING_MS)),
        ...apart(`${person.name}, manifest`, file.durationMs, due),
        ...apart(`${person.name}, last tag`, tags.at(-1)?.timestampMs ?? Number.NaN, due),
        ...apart(`${person.name}, container`, durationMs, due),
      );
    }
    expect.soft(faults).toEqual([]);
  }
});

/** Nothing had begun yet; a browser that was starved sent nothing, or so late that silence had taken its place (TAKE15). */
const NOT_SENT_IN_TIME = new Set(['starting', 'stalled', 'late']);

/**
 * Times of the file in which no sound came to be recorded: a browser that was starved sent none in time, or it was lost
 * before the server. What came and is not in the file, or was lost behind the server, is ours.
 */
function neverSent({ gaps, losses, startOffsetMs }: ManifestFile): Span[] {
  const stalled = gaps.filter(({ cause, kind }) => kind === 'audio' && NOT_SENT_IN_TIME.has(cause));
  const lost = losses.filter(({ hop, kind }) => kind === 'audio' && hop === 'uplink');
  return [...stalled, ...lost].map(({ fromMs, toMs }) => ({
    fromMs: fromMs - startOffsetMs,
    toMs: toMs - startOffsetMs,
  }));
}

/** Whether a window lies in the span, or touches it. */
const isNear = ({ fromMs, toMs }: Span, atMs: number): boolean => atMs + WINDOW_MS >= fromMs && atMs <= toMs;

test('every file has both tracks, the right size, and its owner alone in picture and sound', async () => {
  for (const { path, manifest, expected } of takes) {
    for (const { person, size, heard, muted } of expected) {
      const file = fileOf(manifest, person);
      const zeroMs = manifest.startedAtMs + file.startOffsetMs;
      const inFile = ({ fromMs, toMs }: Span): Span => ({ fromMs: fromMs - zeroMs, toMs: toMs - zeroMs });
      const { video, audio } = await probe(join(path, file.name));
      expect.soft(video?.codec, person.name).toBe('h264');
      expect.soft(audio, person.name).toMatchObject({ codec: 'aac', sampleRate: 48_000 });
      expect.soft(cameraSizes(file), person.name).toEqual(size ? [size] : []);
      const pictures = await watch(join(path, file.name));
      expect.soft(strangePictures(pictures, person.owner), person.name).toEqual([]);
      const own = pictures.filter(({ sighting }) => sighting.kind === 'owner');
      if (size) expect.soft(own.length, person.name).toBeGreaterThan(pictures.length / 3);
      else expect.soft(own.length, person.name).toBe(0);
      const sounds = await listen(join(path, file.name));
      expect.soft(strangeTones(sounds, person.owner), person.name).toEqual([]);
      const unsent = neverSent(file);
      const arrived = sounds.filter(({ fromMs }) => !unsent.some((gap) => isNear(gap, fromMs)));
      if (arrived.length < sounds.length)
        console.info(`${person.name}: the browser sent nothing in ${sounds.length - arrived.length} windows`);
      expect.soft(arrived.length, person.name).toBeGreaterThan(sounds.length * MOST_ARRIVES);
      for (const span of heard)
        expect.soft(missingTone(arrived, person.owner, inFile(span)), person.name).toEqual([]);
      for (const span of muted)
        expect.soft(unwantedTone(sounds, person.owner, inFile(span)), person.name).toEqual([]);
    }
  }
});

test('mute and camera-off are in the manifest', () => {
  const [ada, ben] = people;
  const first = takes[0]?.manifest;
  if (!ada || !ben || !first) throw new Error('the meeting did not take place');
  expect(fileOf(first, ben).muted.length).toBe(1);
  expect(fileOf(first, ada).cameraOff.length).toBe(1);
  expect(fileOf(first, ada).muted).toEqual([]);
});

test('the archive lists the recordings, plays them in the page, and gives out the very bytes', async () => {
  const [take] = takes;
  const file = take?.manifest.files[0];
  if (!take || !file) throw new Error('nothing was recorded');
  const context = await running.browser.newContext({ acceptDownloads: true });
  const page = await context.newPage();
  await page.goto(`${running.url}/admin`);
  await page.getByRole('textbox', { name: 'Admin password' }).fill(ADMIN_PASSWORD);
  await page.getByRole('button', { name: 'Sign in' }).click();
  const rows = page.getByRole('table', { name: 'Recordings' }).getByRole('row');
  await rows.filter({ hasText: 'Weekly' }).nth(1).waitFor();
  await page.goto(`${running.url}/admin/recordings/${take.manifest.recordingId}`);
  await playsOn(page);

  const downloading = page.waitForEvent('download');
  await page
    .getByRole('button', { name: 'Download FLV' })
    .or(page.getByRole('link', { name: 'Download FLV' }))
    .first()
    .click();
  const download = await downloading;
  const stored = new Map<string, string>();
  for (const { name } of take.manifest.files) stored.set(sha256(await readFile(join(take.path, name))), name);
  expect(stored.has(sha256(await readFile(await download.path())))).toBe(true);

  const path = `/api/recordings/${take.manifest.recordingId}/files/${file.name}`;
  const bytes = await readFile(join(take.path, file.name));
  const part = await context.request.get(`${running.url}${path}`, { headers: { range: 'bytes=100-299' } });
  expect(part.status()).toBe(206);
  expect(part.headers()['content-range']).toBe(`bytes 100-299/${bytes.length}`);
  expect((await part.body()).equals(bytes.subarray(100, 300))).toBe(true);
  await context.close();
});

/** Presses "Play" and waits until pictures move. */
async function playsOn(page: Page): Promise<void> {
  await page.getByRole('button', { name: /^Play/ }).first().click();
  await page.waitForFunction(() =>
    [...document.querySelectorAll('video')].some((video) => video.currentTime > 1 && !video.error),
  );
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

test('nothing went wrong in any page', () => {
  for (const person of people) expect.soft(person.watched.troubles(), person.name).toEqual([]);
});
