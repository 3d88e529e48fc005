import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AacFrame } from '../audio/audio-transcoder.ts';
import type { AccessUnit } from '../depacketize/h264.ts';
import { readFlvTags } from '../flv/flv-reader.ts';
import { makeCameraOffSlate } from '../slate/camera-off.ts';
import { AppendFile } from '../storage/append-file.ts';
import { repairFile } from '../storage/repair-file.ts';
import { RecordedFile } from './recorded-file.ts';
import { Take } from './take.ts';

const START_MS = 1_790_000_000_000;
const NAME = 'ada-20261122T102030123Z.flv';
const SILENCE = Buffer.from('01182007', 'hex');

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'verbatim-recorded-file-'));
});
afterAll(() => rm(folder, { recursive: true }));

test('[FILE4] a file that cannot be written any further is made whole at once, and its host is told', async () => {
  const path = join(folder, NAME);
  const failures: string[] = [];
  let onFrames: (frames: AacFrame[]) => void = () => undefined;
  const file = new RecordedFile({
    connectionId: 'ada',
    personName: 'Ada',
    source: 'camera',
    host: {
      create: async () => ({ name: NAME, file: await AppendFile.create(path) }),
      changed: () => undefined,
      failed: (name, cause) => failures.push(`${name}: ${cause.message}`),
      repair: async () => {
        const repair = await repairFile(path);
        return repair && { durationMs: repair.durationMs, bytes: repair.truncateTo };
      },
      nowMs: () => START_MS,
    },
    openTake: (output) =>
      new Take({
        source: 'camera',
        encoder: 'test',
        nowMs: START_MS,
        output,
        openAudio: (_, listener) => {
          onFrames = listener;
          return {
            push: () => undefined,
            advance: () => undefined,
            finish: async () => undefined,
            close: () => undefined,
          };
        },
      }),
  });
  const slate = makeCameraOffSlate({ width: 320, height: 240 });
  const show = (ms: number, bytes: number) => {
    const nals = [Buffer.concat([...slate.nals, Buffer.alloc(bytes)])];
    const unit: AccessUnit = { ...slate, nals, timestamp: ms * 90, arrivalMs: START_MS };
    file.take.pushVideo(unit, START_MS + ms);
    onFrames([{ index: Math.floor((ms * 48) / 1024), data: SILENCE }]);
  };
  file.take.setLive('video', true, START_MS);
  show(0, 10);
  show(100, 10);
  while (file.progress(undefined).bytes === 0) await new Promise(setImmediate);
  // More than may ever wait for a disk, before it has taken anything.
  for (let ms = 200; ms <= 1200; ms += 100) show(ms, 7_000_000);
  file.tick(START_MS + 1200);
  show(1300, 10);
  await file.finish(START_MS + 1400);
  expect(failures).toEqual([`${NAME}: The disk is too slow: this file ends here.`]);
  const bytes = await readFile(path);
  const entry = file.describe(START_MS + 1400, START_MS, undefined);
  expect(entry).toMatchObject({ name: NAME, state: 'recovered', bytes: bytes.length });
  const source = {
    size: bytes.length,
    read: async (offset: number, length: number) => bytes.subarray(offset, offset + length),
  };
  let end = 0;
  for await (const tag of readFlvTags(source)) end = tag.timestampMs;
  expect(entry?.durationMs).toBeGreaterThanOrEqual(end);
});
