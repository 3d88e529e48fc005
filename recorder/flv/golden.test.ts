import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { makeCameraOffSlate } from '../slate/camera-off.ts';
import { FlvMuxer } from './flv-muxer.ts';
import { patch, repaired } from './testing/file-in-memory.ts';
import { encodeAvcConfig } from './video-data.ts';

const GOLDEN = new URL('./testing/golden.flv.gz', import.meta.url);
const SILENCE = Buffer.from('01182007', 'hex');

/** A file of every kind of tag, the same bytes each time: two sizes, sound, timestamps beyond 24 bits. */
function makeGolden(finish: boolean): Buffer {
  const muxer = new FlvMuxer({
    encoder: 'golden',
    createdAtMs: Date.UTC(2026, 10, 22),
    channels: 1,
    sampleRate: 48000,
  });
  const chunks = [muxer.begin()];
  for (const [index, width] of [64, 64, 128].entries()) {
    const atMs = index * 2 ** 23;
    const slate = makeCameraOffSlate({ width, height: 64 }, index % 2 === 0 ? 0 : 1);
    chunks.push(...muxer.audio(SILENCE, atMs), ...muxer.video(slate, atMs + 4));
    const inter = { ...slate, nals: [Buffer.of(0x41, 0x9a, 0x02)], keyframe: false };
    chunks.push(...muxer.video(inter, atMs + 40), ...muxer.audio(SILENCE, atMs + 64 / 3));
  }
  const file = Buffer.concat(chunks);
  if (finish) patch(file, muxer.metadata());
  return file;
}

const golden = gunzipSync(readFileSync(GOLDEN));

describe('[FLV11] the bytes are those of the golden file', () => {
  test('as it is written and finished', () => {
    expect(makeGolden(true).equals(golden)).toBe(true);
  });

  test('as it is repaired', async () => {
    expect((await repaired(makeGolden(false)))?.equals(golden)).toBe(true);
  });
});

test('[FLV10] whatever became of a file, repair answers, and what it made whole stays as it is', async () => {
  const damaged = fc
    .tuple(
      fc.array(fc.tuple(fc.nat(golden.length - 1), fc.nat(255)), { maxLength: 20 }),
      fc.nat(golden.length),
      fc.uint8Array({ maxLength: 50 }),
    )
    .map(([changes, length, tail]) => {
      const file = Buffer.from(golden);
      for (const [at, value] of changes) file.writeUInt8(value, at);
      return Buffer.concat([file.subarray(0, length), tail]);
    });
  await fc.assert(
    fc.asyncProperty(damaged, async (file) => {
      const before = Buffer.from(file);
      const once = await repaired(file);
      expect(file.equals(before)).toBe(true);
      if (!once) return;
      expect(once.length).toBeLessThanOrEqual(file.length);
      expect((await repaired(once))?.equals(once)).toBe(true);
    }),
    { seed: 17, numRuns: 500 },
  );
});

test('[FLV12] the configuration of a High profile tells its chroma and bits (ISO/IEC 14496-15 §5.2.4.1)', () => {
  const sps = Buffer.from('67640028acd940780227e5c044000003000400000300f03c60c658', 'hex');
  const pps = Buffer.from('68ebe3cb22c0', 'hex');
  const config = encodeAvcConfig(sps, pps);
  expect(config.subarray(-4).toString('hex')).toBe('fdf8f800');
  const { pps: basePps, sps: baseSps } = makeCameraOffSlate({ width: 64, height: 64 });
  expect(encodeAvcConfig(baseSps, basePps).subarray(-basePps.length).equals(basePps)).toBe(true);
});
