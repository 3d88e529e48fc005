import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Manifest } from '#protocol/manifest.ts';
import { scaled } from '#scripts/testing/slowness.ts';
import { systemClock } from '#service/clock.ts';
import type { Person } from './testing/person.ts';
import {
  capturedTimes,
  corruptPictures,
  timedPictures,
} from './testing/recording-inspection/captured-times.ts';
import { decodingFaults } from './testing/recording-inspection/decoding.ts';
import { readFlvFile } from './testing/recording-inspection/flv-tags.ts';
import { readRecordings } from './testing/recordings-on-disk.ts';
import { runSystem } from './testing/run-system.ts';
import { type StartedRecorder, startRecorder, startWithoutRecorder } from './testing/system.ts';
import { until } from './testing/wait.ts';

/** Another recorder may take a recording over when it has watched its lock for so long (OWN3). */
const TAKEOVER_MS = 10_000;
/** What a takeover may need on top: the SFU misses the recorder, waits for it, asks the other one again; a keyframe. */
const TAKING_MS = 8000;

const running = runSystem(startWithoutRecorder);
const recorders: StartedRecorder[] = [];

beforeAll(async () => {
  for (const name of ['first', 'second'])
    recorders.push(running.keep(await startRecorder(running.system, name)));
});

afterAll(async () => {
  for (const { pid } of recorders) signal(pid, 'SIGCONT');
});

const now = (): number => systemClock.nowMs();

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ESRCH') throw cause;
  }
}

interface Taken {
  path: string;
  manifest: Manifest;
}

async function recordingOf(person: Person): Promise<Taken | undefined> {
  const found = await readRecordings(running.system.env.RECORDINGS_DIR ?? '');
  return found.find(({ manifest }) => manifest.meeting.name === person.name);
}

/** Two seconds of the person's newest file are on disk, and it is not one of these. */
async function untilRecorded(person: Person, apartFrom: readonly string[] = []): Promise<Taken> {
  return until(`${person.name} is recorded`, async () => {
    const found = await recordingOf(person);
    const newest = found?.manifest.files.find(({ name }) => !apartFrom.includes(name));
    if (!found || !newest) return undefined;
    const { tags } = await readFlvFile(join(found.path, newest.name));
    return (tags.at(-1)?.timestampMs ?? 0) > 2000 ? found : undefined;
  });
}

/** The recording's newest file has grown by two seconds. */
async function untilLonger({ manifest, path }: Taken): Promise<void> {
  const newest = join(path, manifest.files.at(-1)?.name ?? '');
  const endMs = async () => (await readFlvFile(newest)).tags.at(-1)?.timestampMs ?? 0;
  const fromMs = await endMs();
  await until('it goes on', async () => (await endMs()) > fromMs + 2000);
}

async function begin(name: string, owner: number): Promise<Person> {
  const camera = { width: 320, height: 240, framesPerSecond: 15, shows: 'time' } as const;
  const person = await running.arrive(name, { owner, camera, microphone: true });
  await person.createMeeting(running.url, name);
  await person.askToJoin();
  await person.isIn();
  await person.button('Start recording').click();
  await person.light.waitFor();
  return person;
}

test('[KILL4] a recorder that hangs is succeeded after 10 s, writes nothing when it wakes, and nobody touches what others write', async () => {
  const [kim, leo] = [await begin('Kim', 1), await begin('Leo', 2)];
  const [kims, leos] = [await untilRecorded(kim), await untilRecorded(leo)];
  const ids = [kims.manifest.recorderId, leos.manifest.recorderId];
  expect(ids.toSorted()).toEqual(['first', 'second']);
  const hanging = recorders[ids[0] === 'first' ? 0 : 1] as StartedRecorder;

  signal(hanging.pid, 'SIGSTOP');
  const stoppedAtMs = now();
  await kim.light.waitFor({ state: 'hidden' });
  const [cutOff = ''] = kims.manifest.files.map(({ name }) => name);
  const taken = await untilRecorded(kim, [cutOff]);
  expect(taken.manifest.recorderId).toBe(ids[1]);
  const repaired = await until('what was cut off is repaired', async () => {
    const found = await recordingOf(kim);
    const file = found?.manifest.files.find(({ name }) => name === cutOff);
    return file?.state === 'recovered' ? readFile(join(kims.path, cutOff)) : undefined;
  });
  signal(hanging.pid, 'SIGCONT');
  await until('it has noticed', () => hanging.output().includes('ownership-lost'));
  await untilLonger(taken);
  await untilLonger(leos);
  expect((await readFile(join(kims.path, cutOff))).equals(repaired)).toBe(true);

  await Promise.all([kim, leo].map((person) => person.button('Stop recording').click()));
  const isComplete = async (person: Person) => {
    const found = await recordingOf(person);
    return found?.manifest.state === 'complete' && found;
  };
  const done = await Promise.all([kim, leo].map((one) => until('it is complete', () => isComplete(one))));
  for (const { manifest, path } of done as Taken[]) {
    const times: number[] = [];
    for (const { name } of manifest.files) {
      const pictures = await timedPictures(join(path, name), stoppedAtMs);
      expect.soft(corruptPictures(pictures), name).toEqual([]);
      expect.soft(await decodingFaults(join(path, name)), name).toEqual([]);
      times.push(...capturedTimes(pictures));
    }
    times.sort((a, b) => a - b);
    const longestMs = Math.max(...times.map((ms, at) => ms - (times[at - 1] ?? ms)));
    const { name } = manifest.meeting;
    console.info(`${name}: ${manifest.files.length} files, longest time without a picture ${longestMs} ms`);
    const states = manifest.files.map(({ state }) => state);
    if (name === 'Leo') {
      expect(states).toEqual(['complete']);
      expect(longestMs).toBeLessThan(scaled(1000));
    } else {
      expect(states).toEqual(['recovered', 'complete']);
      expect(longestMs).toBeGreaterThan(TAKEOVER_MS - 1000);
      expect(longestMs).toBeLessThan(TAKEOVER_MS + scaled(TAKING_MS));
    }
  }
  for (const { watched } of [kim, leo]) expect(watched.troubles()).toEqual([]);
});
