import { execFile } from 'node:child_process';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ExportJob } from '#protocol/http/exports.ts';
import { FlvMuxer } from '#recorder/flv/flv-muxer.ts';
import { opusTone } from '#recorder/flv/testing/encoded-media.ts';
import { silentLog } from '#service/log.ts';
import { FFMPEG, makeFlv } from '../../testing/make-flv.ts';
import { sampleFile, sampleManifest, temporaryFolder } from '../../testing/sample.ts';
import { lotsOf, MAX_VOICES_AT_ONCE, startSample } from './lots.ts';
import { mixSound } from './mix.ts';

const run = promisify(execFile);
const PEOPLE = 2 * MAX_VOICES_AT_ONCE + 5;
const STEP_MS = 130;
const VOICE_MS = 400;
const DURATION_MS = PEOPLE * STEP_MS + VOICE_MS;
const ROOM_MS = 240_000;

test('lots follow one another without a hole, and nothing of a later one sounds before it', () => {
  const starts = fc.array(fc.integer({ min: -50, max: 5000 }), { maxLength: 80 });
  fc.assert(
    fc.property(
      starts,
      fc.integer({ min: 1, max: 9 }),
      fc.integer({ min: 1, max: 300_000 }),
      (given, atOnce, end) => {
        const files = given.map((startOffsetMs, index) => sampleFile(`p-${index}`, { startOffsetMs }));
        const lots = lotsOf(files, end, atOnce);
        expect(lots[0]?.fromSample).toBe(0);
        expect(lots.at(-1)?.toSample).toBe(end);
        for (const [index, lot] of lots.entries()) {
          expect(lot.files.length).toBeLessThanOrEqual(atOnce);
          expect(lot.toSample).toBe(lots[index + 1]?.fromSample ?? end);
          for (const file of lot.files) expect(startSample(file)).toBeGreaterThanOrEqual(lot.fromSample);
        }
        const heard = files.filter((file) => startSample(file) < end);
        expect(lots.flatMap((lot) => lot.files).length).toBe(heard.length);
      },
    ),
    { seed: 1 },
  );
});

/** Levels of 10 ms each, as whole numbers. */
async function levels(path: string): Promise<number[]> {
  const args = ['-v', 'error', '-i', path, '-ac', '1', '-ar', '8000', '-f', 's16le', '-'];
  const { stdout } = await run(FFMPEG, args, { encoding: 'buffer', maxBuffer: 1 << 26 });
  const samples = new Int16Array(stdout.buffer, stdout.byteOffset, stdout.length >> 1);
  return Array.from({ length: Math.floor(samples.length / 80) }, (_, index) => {
    const part = samples.subarray(index * 80, (index + 1) * 80);
    return Math.sqrt(part.reduce((sum, sample) => sum + sample * sample, 0) / part.length);
  });
}

test(
  'more voices than are mixed at once sound as if they were, each in its time, and no scrap is left',
  async () => {
    const folder = await temporaryFolder();
    const voice = await makeFlv({ seconds: VOICE_MS / 1000, size: '32x32', volume: 0.5 });
    const files = Array.from({ length: PEOPLE }, (_, index) =>
      // Not evenly: the rhythm tells where each is.
      sampleFile(`p-${index}`, { startOffsetMs: index * STEP_MS + (index % 3) * 40, durationMs: VOICE_MS }),
    );
    for (const { name } of files) await writeFile(join(folder, name), voice);
    const broken = sampleFile('broken-1', { startOffsetMs: 10 });
    await writeFile(join(folder, broken.name), 'this is no FLV');
    const manifest = sampleManifest(1, { files: [broken, ...files] });
    const scratch = await temporaryFolder();
    const target = join(scratch, 'sound.m4a');
    const leftOut: unknown[] = [];
    const log = { ...silentLog, warn: (_event: string, fields?: object) => void leftOut.push(fields) };
    const done: number[] = [];
    await mixSound(
      { ffmpeg: FFMPEG, log },
      {
        job: { exportId: 'x' } as ExportJob,
        folder,
        scratch,
        target,
        report: () => undefined,
        signal: new AbortController().signal,
      },
      { manifest, durationMs: DURATION_MS, target, report: (part) => done.push(part) },
    );
    expect(leftOut).toMatchObject([{ file: broken.name }]);
    expect(done).toHaveLength(3);
    expect((await readdir(scratch)).filter((name) => /rest|part/.test(name))).toEqual([]);

    // All at once, as one program of so many inputs can still do it.
    const inputs = files.flatMap(({ name }) => ['-i', join(folder, name)]);
    const chains = files.map(
      ({ startOffsetMs }, index) => `[${index}:a]adelay=delays=${startOffsetMs}:all=1[v${index}]`,
    );
    const sum = `${files.map((_, index) => `[v${index}]`).join('')}amix=inputs=${PEOPLE}:normalize=0[m]`;
    const atOnce = join(scratch, 'at-once.wav');
    await run(FFMPEG, [
      '-v',
      'error',
      ...inputs,
      '-filter_complex',
      [...chains, sum].join(';'),
      '-map',
      '[m]',
      atOnce,
    ]);
    const [ours, theirs] = [await levels(target), await levels(atOnce)];
    // Ours is louder, as every voice is brought to one loudness: what counts is that it is so by the same factor all along.
    const loud = theirs.flatMap((level, index) => (level > 500 ? [(ours[index] ?? 0) / level] : []));
    const middle = [...loud].sort((one, other) => one - other)[Math.floor(loud.length / 2)] ?? 0;
    const off = loud.filter((ratio) => Math.abs(ratio / middle - 1) > 0.25);
    expect(loud.length).toBeGreaterThan(300);
    expect(off.length / loud.length).toBeLessThan(0.05);
  },
  ROOM_MS,
);

test('who is kept in Opus is heard like the others, and what was made of their file for it is gone with their lot', async () => {
  const folder = await temporaryFolder();
  const muxer = new FlvMuxer({
    encoder: 'x',
    createdAtMs: 0,
    codec: 'opus',
    channels: 1,
    sampleRate: 48_000,
  });
  const tags = opusTone(2).flatMap((packet, index) => muxer.audio(packet, index * 20));
  const kept = sampleFile('kept-1', {
    ...{ startOffsetMs: 1000, durationMs: 2000 },
    audio: { codec: 'opus', sampleRate: 48_000, channels: 1 },
  });
  await writeFile(join(folder, kept.name), Buffer.concat([muxer.begin(), ...tags]));
  const scratch = await temporaryFolder();
  const target = join(scratch, 'sound.m4a');
  const { signal } = new AbortController();
  await mixSound(
    { ffmpeg: FFMPEG, log: silentLog },
    { job: { exportId: 'x' } as ExportJob, folder, scratch, target, report: () => undefined, signal },
    { manifest: sampleManifest(1, { files: [kept] }), durationMs: 4000, target, report: () => undefined },
  );
  const heard = await levels(target);
  const mean = (from: number, to: number) =>
    heard.slice(from, to).reduce((sum, level) => sum + level, 0) / (to - from);
  expect(mean(120, 280)).toBeGreaterThan(500);
  expect([mean(0, 80), mean(330, 390)].every((level) => level < 50)).toBe(true);
  expect((await readdir(scratch)).filter((name) => name.startsWith('kept-1'))).toEqual([]);
});
