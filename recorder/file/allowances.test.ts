import { expect, test } from 'vitest';
import type { OpusItem } from '../depacketize/opus.ts';
import { BURST_S, SoundAllowance } from './allowances.ts';
import { PersonFiles } from './person-files.ts';
import type { RecordedFile } from './recorded-file.ts';

const START_MS = 1_790_000_000_000;
const VOICE: OpusItem = {
  ...{ timestamp: 0, durationTicks: 960, channels: 1, dtx: false, lostTicks: 0 },
  ...{ payload: Buffer.alloc(80), arrivalMs: START_MS },
};
/** The longest packets: 120 ms each. */
const LONG = { ...VOICE, durationTicks: 5760, payload: Buffer.alloc(195) };

/** Seconds of sound that may be, of those that come evenly within so many seconds. */
function taken(allowance: SoundAllowance, item: OpusItem, packetsPerS: number, seconds: number): number {
  let ticks = 0;
  for (let index = 0; index < packetsPerS * seconds; index += 1) {
    const arrivalMs = START_MS + (index * 1000) / packetsPerS;
    if (allowance.take({ ...item, arrivalMs })) ticks += item.durationTicks;
  }
  return ticks / 48_000;
}

test('[AUD20] what was held up for 50 s passes at once, with what comes then', () => {
  const allowance = new SoundAllowance();
  for (let index = 0; index < 50 * 50; index += 1) expect(allowance.take(VOICE)).toBe(true);
  expect(taken(allowance, VOICE, 50, 60)).toBeCloseTo(60);
});

test('[AUD20] a flood is cut to twice real time, whatever its packets are; loss that is made up for counts', () => {
  const most = BURST_S + 2 * 20;
  expect(taken(new SoundAllowance(), LONG, 6000, 20)).toBeLessThanOrEqual(most + 0.12);
  const lossy = { ...VOICE, durationTicks: 120, lostTicks: 5760 };
  expect(taken(new SoundAllowance(), lossy, 6000, 20)).toBeLessThanOrEqual(most / 40);
  // 2.5 ms of 1200 bytes: 3.8 Mbit/s if it were sound.
  const wide = { ...VOICE, durationTicks: 120, payload: Buffer.alloc(1200) };
  expect(taken(new SoundAllowance(), wide, 400, 200)).toBeLessThan(200);
});

test('[AUD20] it is the person’s own sound that is left out, of all files of theirs together', () => {
  const files: { pushAudio: number; leftOut: number }[] = [];
  let failure: RecordedFile['failure'];
  const people = new PersonFiles(() => {
    const counts = { pushAudio: 0, leftOut: 0 };
    files.push(counts);
    const file: Pick<RecordedFile, 'leaveOutSound' | 'name' | 'writtenBytes'> = {
      leaveOutSound: () => {
        counts.leftOut += 1;
      },
      ...{ name: 'a', writtenBytes: 0 },
    };
    const take = {
      pushAudio: () => {
        counts.pushAudio += 1;
      },
    };
    return Object.defineProperty({ ...file, take }, 'failure', {
      get: () => failure,
    }) as unknown as RecordedFile;
  });
  const line = people.begin('camera', START_MS);
  const flood = () => {
    for (let index = 0; index < 1000; index += 1) line.sound(LONG, START_MS);
  };
  flood();
  expect(files).toEqual([{ pushAudio: 500, leftOut: 500 }]);
  failure = { atMs: START_MS, code: 'file-failed' };
  expect(people.beginAnew(START_MS + 10_000)).toEqual([line]);
  flood();
  expect(files[1]).toEqual({ pushAudio: 0, leftOut: 1000 });
});
