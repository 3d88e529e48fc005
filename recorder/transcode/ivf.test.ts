import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Vp8Camera } from '../testing/vp8-camera.ts';
import { encodeIvfFrameHeader, encodeIvfHeader } from './ivf.ts';

const FFPROBE = (process.env.FFMPEG_PATH ?? 'ffmpeg').replace(/ffmpeg([^/]*)$/, 'ffprobe$1');

/** Bytes by their meaning, all little-endian. */
test('[CONV1] the header is that of IVF, with a clock of milliseconds', () => {
  expect([...encodeIvfHeader({ width: 640, height: 360 })]).toEqual([
    ...Buffer.from('DKIF'),
    ...[0, 0, 32, 0],
    ...Buffer.from('VP80'),
    ...[0x80, 0x02, 0x68, 0x01],
    ...[0xe8, 0x03, 0, 0, 1, 0, 0, 0],
    ...[0, 0, 0, 0, 0, 0, 0, 0],
  ]);
  expect([...encodeIvfFrameHeader(0x010203, 2 ** 32 + 5)]).toEqual([3, 2, 1, 0, 5, 0, 0, 0, 1, 0, 0, 0]);
});

test('[CONV1] whatever size and time are, they are read back', () => {
  const size = fc.integer({ min: 0, max: 2 ** 32 - 1 });
  const time = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
  fc.assert(
    fc.property(size, time, (bytes, timestampMs) => {
      const header = encodeIvfFrameHeader(bytes, timestampMs);
      expect(header.readUInt32LE(0)).toBe(bytes);
      expect(header.readBigUInt64LE(4)).toBe(BigInt(timestampMs));
    }),
    { seed: 7 },
  );
});

test('[CONV1] another reader finds the pictures at their times', () => {
  const times = [0, 33, 34, 1000, 86_400_000];
  const { frames } = new Vp8Camera({ pictures: times.length });
  const ivf = Buffer.concat([
    encodeIvfHeader({ width: 64, height: 64 }),
    ...frames.flatMap((frame, index) => [encodeIvfFrameHeader(frame.length, times[index] ?? 0), frame]),
  ]);
  const listed = execFileSync(
    FFPROBE,
    ['-v', 'error', '-f', 'ivf', '-show_entries', 'packet=pts_time,size', '-of', 'csv=p=0', '-'],
    { input: ivf },
  );
  const packets = listed.toString().trim().split('\n');
  expect(packets.map((line) => line.split(',').map(Number))).toEqual(
    frames.map((frame, index) => [(times[index] ?? 0) / 1000, frame.length]),
  );
});
