import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { until } from '#e2e/testing/wait.ts';
import { systemClock } from '#service/clock.ts';
import { makeMedia } from '../media.ts';
import { BrowserRoom } from './browser-room.ts';
import { type CheckedRecording, checkRecording } from './check-recording.ts';
import { Diary } from './diary.ts';
import { holdMeeting, type Surroundings } from './meeting.ts';
import { report } from './report.ts';
import { Residents } from './residents.ts';
import { Round } from './round.ts';
import { PARTS, type Sample, takeSample } from './sample.ts';
import type { Scenario } from './scenarios.ts';
import type { Stayers } from './stayers.ts';
import { SoakSystem } from './system.ts';
import { growthOf } from './verdict.ts';

/** Small enough that two cores which also play everybody's part carry sixty of them; what leaks does not leak by bitrate. */
const CAMERA = { size: '320x180', framesPerSecond: 15, kbps: 150 };
const PEOPLE_PER_MEETING = 14;
/** One in so many people stays from the beginning to the end. */
const PEOPLE_PER_RESIDENT = 10;
const ROUNDS_AT_LEAST = 12;
const [SHORTEST_ROUND_MS, LONGEST_ROUND_MS] = [3000, 45_000];
/** A round for each quarter, after the first one, in which everything is used for the first time. */
const FEWEST_ROUNDS = 5;
/** Recordings with faults outlive the soak. */
const FAULTY = join(tmpdir(), 'verbatim-soak-faults');
/** The server lets go of whoever got lost after 30 s. */
const CALM_LIMIT_MS = 60_000;
/** Closed connections take a moment to be gone, kept ones some seconds: so much of a round is waited. */
const SETTLING = 1 / 8;
/** After each round it is looked so often: a timer that is on its way in one look is gone in the next, what stays behind is not. */
const LOOKS = 3;
const LOOK_APART_MS = 700;

export interface SoakOptions {
  scenario: Scenario;
  minutes: number;
  participants: number;
  seed: number;
  print(line: string): void;
}

/** Lets people come and go for so long; answers whether all stayed flat and every file is sound. */
export async function soak({ minutes, participants, print, scenario, seed }: SoakOptions): Promise<boolean> {
  const folder = await mkdtemp(join(tmpdir(), 'verbatim-soak-'));
  const system = await SoakSystem.start(folder, participants);
  try {
    const diary = new Diary();
    const recorded: string[] = [];
    const onRecorded = (recordingId: string): void => void recorded.push(recordingId);
    const surroundings: Surroundings = { system, diary, media: makeMedia(CAMERA), seed, onRecorded };
    const residents = Math.max(1, Math.round(participants / PEOPLE_PER_RESIDENT));
    const stayers: Stayers =
      scenario === 'browser'
        ? await BrowserRoom.moveIn(surroundings, participants)
        : await Residents.moveIn(surroundings, residents, `soak-${seed}-residents`);
    const meetings = scenario === 'browser' ? [] : meetingSizes(participants - residents);
    const durationMs = minutes * 60_000;
    const lengthMs = Math.min(Math.max(durationMs / ROUNDS_AT_LEAST, SHORTEST_ROUND_MS), LONGEST_ROUND_MS);
    const samples: Sample[] = [];
    const checked: CheckedRecording[] = [];
    const check = async (): Promise<void> => {
      for (const [index, recordingId] of recorded.splice(0).entries()) {
        const path = system.folderOf(recordingId);
        const found = await checkRecording(path, diary, index === 0);
        checked.push(found);
        if (found.faults.length === 0) await rm(path, { recursive: true });
        else print(`${found.faults.join('\n')}\n  kept in ${await keep(path)}`);
      }
    };
    const startMs = systemClock.nowMs();
    for (let number = 0; number < FEWEST_ROUNDS || systemClock.nowMs() - startMs < durationMs; number += 1) {
      const round = new Round(number, lengthMs);
      await Promise.all([
        stayers.live(round),
        ...meetings.map((people, index) =>
          holdMeeting(surroundings, round, { name: `soak-${seed}-${number}-${index}`, people }),
        ),
      ]);
      await check();
      const dead = system.all.find(({ hasEnded }) => hasEnded);
      if (dead) throw new Error(`the ${dead.name} has ended`);
      await untilCalm(system, stayers);
      await pause(lengthMs * SETTLING);
      // What is used for the first time is made once, and stays.
      for (let look = 0; number > 0 && look < LOOKS; look += 1) {
        if (look > 0) await pause(LOOK_APART_MS);
        samples.push(await takeSample(system, await stayers.pageFigures()));
      }
      const faults = diary.faults.length + checked.flatMap((one) => one.faults).length;
      const held = samples.at(-1);
      print(
        `round ${number + 1}: ${checked.length} recordings, ${faults} faults${held ? `; ${inMemory(held)}` : ''}`,
      );
    }
    const tookMs = systemClock.nowMs() - startMs;
    await stayers.moveOut();
    await check();
    const growth = growthOf(samples, tookMs);
    const faults = [...diary.faults, ...checked.flatMap((one) => one.faults)];
    for (const line of report({ growth, checked, diary, durationMs: tookMs, faults })) print(line);
    return faults.length === 0 && growth.every(({ isFlat }) => isFlat);
  } catch (cause) {
    for (const { name, output } of system.all) print(`${name}, its last words:\n${output}`);
    throw cause;
  } finally {
    await system.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

const pause = (ms: number) => new Promise<void>((resolve) => systemClock.after(ms, resolve));

/** What each part has in memory, in words. */
function inMemory(sample: Sample): string {
  const cells = PARTS.flatMap((part) => {
    const bytes = sample[part].pssBytes ?? sample[part].heapBytes;
    return bytes === undefined ? [] : `${part} ${Math.round(bytes / 2 ** 20)}`;
  });
  return `${cells.join(', ')} MiB`;
}

/** Puts a recording that is not sound where somebody can look at it. */
async function keep(folder: string): Promise<string> {
  await mkdir(FAULTY, { recursive: true });
  const kept = join(FAULTY, basename(folder));
  await rename(folder, kept);
  return kept;
}

/** Everybody in meetings of about the same size. */
function meetingSizes(people: number): number[] {
  const meetings = Math.ceil(people / PEOPLE_PER_MEETING);
  return Array.from({ length: meetings }, (_, index) => Math.floor((people + index) / meetings));
}

/** Resolves once everybody who came is gone, at every server. */
async function untilCalm(system: SoakSystem, { people, transports }: Stayers): Promise<void> {
  const isCalm = async (): Promise<boolean> => {
    const [sfu, recorder] = await Promise.all([system.health('sfu'), system.health('recorder')]);
    const left = sfu.people === people && sfu.transports === transports;
    if (left && [sfu.rooms, sfu.recordings, recorder.recordings].every((count) => count === 1)) return true;
    throw new Error(`still there: ${JSON.stringify({ sfu, recorder })}`);
  };
  await until('everybody who came is gone', isCalm, CALM_LIMIT_MS, 200);
}
