import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { ManualClock } from '#service/testing/manual-clock.ts';
import type { AudioTranscoder, SoundFrame } from '../audio/audio-transcoder.ts';
import type { AccessUnit } from '../depacketize/h264.ts';
import { TAG_TYPE } from '../flv/flv-tag.ts';
import { metadataOf, tagsOf } from '../flv/testing/file-in-memory.ts';
import { openTake } from '../pipeline.ts';
import { makeCameraOffSlate } from '../slate/camera-off.ts';
import { AppendFile } from '../storage/append-file.ts';
import { repairFile } from '../storage/repair-file.ts';
import { BURST_BYTES, WriteAllowance } from './allowances.ts';
import {
  DISK_STALLED_AFTER_MS,
  INDEX_INTERVAL_MS,
  PICTURES_WITHIN_MS,
  RecordedFile,
  SOUND_BEHIND_MS,
  SOUND_WITHIN_MS,
  TOLD_FOR_MS,
} from './recorded-file.ts';
import { PICTURE_LATENESS_MS } from './take.ts';

const START_MS = 1_790_000_000_000;
const NAME = 'ada-20261122T102030123Z.flv';
const SILENCE = Buffer.from('01182007', 'hex');

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'verbatim-recorded-file-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** A file on a real disk, and how pictures and sound come to it. */
function record(
  name: string,
  isReady: Promise<void> = Promise.resolve(),
  sound: Pick<AudioTranscoder, 'finish' | 'giveUp'> & Partial<AudioTranscoder> = {
    finish: async () => undefined,
    giveUp: () => undefined,
  },
  allowance = new WriteAllowance(),
) {
  const clock = new ManualClock(START_MS);
  const path = join(folder, name);
  const failures: string[] = [];
  const disk = { hangs: false };
  let nowMs = START_MS;
  let onFrames: (frames: SoundFrame[]) => void = () => undefined;
  const file = new RecordedFile({
    connectionId: 'ada',
    personName: () => 'Ada',
    source: 'camera',
    allowance,
    host: {
      create: async () => {
        await isReady;
        return { name, file: await AppendFile.create(path, () => !disk.hangs) };
      },
      changed: () => undefined,
      failed: (name, fault) => failures.push(`${name}: ${fault.message}`),
      noted: (name, code) => failures.push(`${name}: ${code}`),
      repair: async () => {
        const repair = await repairFile(path);
        return repair && { durationMs: repair.durationMs, bytes: repair.truncateTo };
      },
      nowMs: () => nowMs,
      after: (delayMs, task) => clock.after(delayMs, task),
    },
    openTake: (output) =>
      openTake({
        codec: 'aac',
        source: 'camera',
        encoder: 'test',
        nowMs: START_MS,
        output,
        openAudio: (_, listener) => {
          onFrames = listener;
          return {
            push: () => undefined,
            advance: () => undefined,
            get behindSamples() {
              return sound.behindSamples ?? 0;
            },
            finish: sound.finish,
            giveUp: sound.giveUp,
            close: () => undefined,
          };
        },
      }),
  });
  file.take.setLive('video', true, START_MS);
  const slate = makeCameraOffSlate({ width: 320, height: 240 });
  return {
    ...{ clock, disk, file, path, failures },
    tick(ms: number) {
      nowMs = START_MS + ms;
      file.tick(nowMs);
    },
    show(ms: number, bytes: number, filling = 0) {
      const nals = [Buffer.concat([...slate.nals, Buffer.alloc(bytes, filling)])];
      const unit: AccessUnit = { ...slate, nals, timestamp: ms * 90, arrivalMs: START_MS };
      file.guard(() => {
        file.take.pushVideo(unit, START_MS + ms);
        onFrames([{ index: Math.floor((ms * 48) / 1024), data: SILENCE }]);
      });
    },
  };
}

test('[FILE4] a file that cannot be written any further is made whole at once, and its host is told', async () => {
  const { failures, file, path, show, tick } = record(NAME);
  show(0, 10);
  show(100, 10);
  while (file.progress(undefined).bytes === 0) await new Promise(setImmediate);
  // More than may ever wait for a disk, before it has taken anything.
  for (let ms = 200; ms <= 700; ms += 100) show(ms, 7_000_000);
  tick(1200);
  show(1300, 10);
  await file.finish(START_MS + 1400);
  expect(failures).toEqual([`${NAME}: The disk is too slow: this file ends here.`]);
  const bytes = await readFile(path);
  const entry = file.describe(START_MS + 1400, START_MS, () => undefined);
  expect(entry).toMatchObject({ name: NAME, state: 'recovered', bytes: bytes.length });
  expect(entry?.durationMs).toBeGreaterThanOrEqual((await tagsOf(bytes)).at(-1)?.timestampMs ?? 0);
});

test('[LIGHT4] a file of which the disk takes nothing is not said to be recorded, until it does', async () => {
  const { disk, file, show, tick } = record('stuck.flv');
  show(0, 10);
  await vi.waitUntil(() => file.progress(0).bytes > 0);
  tick(100);
  expect(file.progress(0)).toMatchObject({ state: 'recording' });
  // As a disk that hangs: what comes is kept.
  disk.hangs = true;
  let ms = 200;
  for (; ms < DISK_STALLED_AFTER_MS; ms += 200) {
    show(ms, 10);
    tick(ms);
  }
  expect(file.progress(0)).toMatchObject({ state: 'recording' });
  tick(100 + DISK_STALLED_AFTER_MS);
  expect(file.progress(0)).toMatchObject({ state: 'stalled', problem: 'disk-stalled' });
  expect(file.progress(0, 'transcodes-full')).toMatchObject({ problem: 'disk-stalled' });
  disk.hangs = false;
  await vi.waitUntil(() => {
    ms += 50;
    tick(ms);
    return file.progress(0).state === 'recording';
  });
  expect(file.progress(0).problem).toBeUndefined();
  expect(file.progress(0, 'transcodes-full')).toMatchObject({
    state: 'recording',
    problem: 'transcodes-full',
  });
  await file.finish(START_MS + ms);
});

test('[LIGHT6] a file whose sound waits for a worker, or is silence without one, is not said to be recorded', async () => {
  const sound = { finish: async () => undefined, giveUp: () => undefined, behindSamples: 0 };
  const { file, show, tick } = record('behind.flv', undefined, sound);
  file.take.setLive('audio', true, START_MS);
  show(0, 10);
  await vi.waitUntil(() => file.progress(0).bytes > 0);
  sound.behindSamples = SOUND_BEHIND_MS * 48 - 1;
  tick(100);
  expect(file.progress(0)).toMatchObject({ state: 'recording' });
  sound.behindSamples += 1;
  expect(file.progress(0)).toMatchObject({ state: 'stalled', problem: 'sound-behind' });
  // Who is muted lacks nothing.
  file.take.setLive('audio', false, START_MS + 200);
  expect(file.progress(0)).toMatchObject({ state: 'recording' });
  await file.finish(START_MS + 300);
});

test('[AUD20] sound that is left out is noted once, and told while it goes on', async () => {
  const { failures, file, show, tick } = record('loud.flv');
  show(0, 10);
  await vi.waitUntil(() => file.progress(0).bytes > 0);
  tick(100);
  file.leaveOutSound();
  tick(200);
  file.leaveOutSound();
  expect(failures).toEqual(['loud.flv: sound-too-fast']);
  expect(file.progress(0)).toMatchObject({ state: 'recording', problem: 'sound-too-fast' });
  expect(file.progress(0, 'transcodes-full')).toMatchObject({ problem: 'transcodes-full' });
  tick(200 + TOLD_FOR_MS);
  expect(file.progress(0).problem).toBeUndefined();
  await file.finish(START_MS + 6000);
});

test('what comes while the file is being created is in it, as it came', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const { file, path, show } = record('slow.flv', promise);
  for (let i = 0; i < 60; i += 1) show(i * 40, 20_000, i);
  resolve();
  await file.finish(START_MS + 2400);
  const tags = await tagsOf(await readFile(path));
  const pictures = tags.filter(({ data, type }) => type === TAG_TYPE.video && data.length > 20_000);
  expect(pictures).toHaveLength(60);
  const isWhole = pictures.map(({ data }, i) => data.subarray(-20_000).equals(Buffer.alloc(20_000, i)));
  expect(isWhole).not.toContain(false);
});

test('[FILE3] what comes while a disk does not create the file is bounded, and told before it does', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const { failures, file, path, show, tick } = record('owed.flv', promise);
  show(0, 10);
  tick(100);
  expect(file.progress(0)).toMatchObject({ state: 'waiting' });
  tick(DISK_STALLED_AFTER_MS);
  expect(file.progress(0)).toMatchObject({ state: 'stalled', problem: 'disk-stalled' });
  let ms = DISK_STALLED_AFTER_MS;
  const showMiB = (count: number): void => {
    for (let i = 0; i < count; i += 1) {
      ms += 100;
      show(ms, 1024 ** 2);
    }
  };
  showMiB(20);
  // Pictures are left out from here on.
  tick(ms);
  showMiB(20);
  expect(failures).toEqual([]);
  file.take.setCongested(false);
  showMiB(20);
  expect(failures).toEqual(['ada: The disk is too slow: this file ends here.']);
  expect(file.progress(0)).toMatchObject({ state: 'failed', problem: 'storage-unwritable' });
  expect(file.isBeingCreated).toBe(true);
  resolve();
  await file.finish(START_MS + ms);
  expect(file.isBeingCreated).toBe(false);
  const entry = file.describe(START_MS + ms, START_MS, () => undefined);
  expect(entry).toMatchObject({ state: 'recovered', bytes: (await readFile(path)).length });
});

test('[FLV15] every half a minute the index of a file that grows is brought up to date', async () => {
  const { file, path, show, tick } = record('growing.flv');
  const indexedMs = async (): Promise<number> => {
    const [script] = await tagsOf(await readFile(path));
    const { times } = metadataOf(script).keyframes as { times: number[] };
    return (times.at(-1) ?? 0) * 1000;
  };
  let ms = 0;
  for (const half of [1, 2, 3]) {
    for (; ms <= half * INDEX_INTERVAL_MS; ms += 500) {
      show(ms, 10);
      tick(ms);
    }
    await vi.waitUntil(async () => {
      ms += 50;
      tick(ms);
      if (file.progress(undefined).bytes === 0) return false;
      return (await indexedMs()) > half * INDEX_INTERVAL_MS - PICTURE_LATENESS_MS - 1000;
    });
  }
  await file.finish(START_MS + ms);
});

test('[END2] a file is whole within bounds, though neither its last pictures nor its sound come', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const { clock, failures, file, path, show } = record('cut.flv', Promise.resolve(), {
    finish: () => promise,
    giveUp: resolve,
  });
  show(0, 10);
  show(100, 10);
  const finished = file.finish(START_MS + 200, new Promise(() => undefined));
  expect(file.finish(START_MS + 300)).toBe(finished);
  clock.advance(PICTURES_WITHIN_MS);
  await vi.waitUntil(() => file.take.state === 'finishing');
  clock.advance(SOUND_WITHIN_MS - 1);
  expect(failures).toEqual([]);
  clock.advance(1);
  await finished;
  expect(failures).toEqual(['cut.flv: end-cut']);
  expect(file.describe(START_MS + 300, START_MS, () => undefined)).toMatchObject({ state: 'complete' });
  const [script] = await tagsOf(await readFile(path));
  expect(metadataOf(script).duration).toBeGreaterThan(0.1);
  expect(clock.pending).toBe(0);
});

test('[FILE10] who writes more than may be has their file ended, whole, and is told', async () => {
  const allowance = new WriteAllowance();
  const { failures, file, path, show } = record(
    'ada-20261122T102030124Z.flv',
    undefined,
    undefined,
    allowance,
  );
  show(0, 10);
  show(100, 10);
  expect(allowance.take(BURST_BYTES - 50_000, START_MS)).toBe(true);
  show(200, 60_000);
  show(300, 10);
  await file.finish(START_MS + 400);
  expect(failures).toEqual([expect.stringContaining('sends more than can be recorded')]);
  expect(file.progress(undefined)).toMatchObject({ state: 'failed', problem: 'file-too-fast' });
  const entry = file.describe(START_MS + 400, START_MS, () => undefined);
  expect(entry).toMatchObject({ state: 'recovered', bytes: (await readFile(path)).length });
  expect((await tagsOf(await readFile(path))).at(-1)?.timestampMs).toBeLessThanOrEqual(104);
});

test('a file that cannot be repaired is noted too, and nothing waits for it', async () => {
  const { failures, file, path, show } = record('ada-20261122T102030125Z.flv');
  show(0, 10);
  show(100, 10);
  while (file.progress(undefined).bytes === 0) await new Promise(setImmediate);
  await rm(path);
  file.fail(new TypeError('something of ours'));
  await file.finish(START_MS + 400);
  expect(failures).toEqual([
    expect.stringContaining('could not be recorded'),
    expect.stringContaining('ENOENT'),
  ]);
  expect(file.describe(START_MS + 400, START_MS, () => undefined)).toMatchObject({ state: 'recovered' });
});
