import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { parseSps } from '../depacketize/sps.ts';
import { makeCameraOffSlate, type Slate } from './camera-off.ts';
import { PLAIN_LUMA } from './pictogram.ts';

const FFMPEG = process.env.FFMPEG_PATH ?? 'ffmpeg';

function annexB(slates: Slate[]): Buffer {
  const start = Buffer.of(0, 0, 0, 1);
  return Buffer.concat(
    slates.flatMap(({ nals, pps, sps }) => [sps, pps, ...nals].flatMap((nal) => [start, nal])),
  );
}

/** Luma of each picture, as ffmpeg decodes it. */
function decode(stream: Buffer, size: { width: number; height: number }): Buffer[] {
  const command = [
    '-xerror',
    '-v',
    'warning',
    '-f',
    'h264',
    '-i',
    '-',
    '-f',
    'rawvideo',
    '-pix_fmt',
    'yuv420p',
    '-',
  ];
  const { stderr, stdout } = spawnSync(FFMPEG, command, { input: stream, maxBuffer: 1 << 28 });
  expect(stderr.toString()).toBe('');
  const lumaBytes = size.width * size.height;
  const pictureBytes = (lumaBytes * 3) / 2;
  const count = stdout.length / pictureBytes;
  return Array.from({ length: count }, (_, i) =>
    stdout.subarray(i * pictureBytes, i * pictureBytes + lumaBytes),
  );
}

describe('[SLATE1] the camera-off slate', () => {
  const sizes = [
    { width: 16, height: 16 },
    { width: 320, height: 180 },
    { width: 640, height: 360 },
    { width: 720, height: 1280 },
    { width: 1366, height: 768 },
  ];

  test.each(sizes)('decodes without an error at $width×$height, plain but for the pictogram', (size) => {
    const slate = makeCameraOffSlate(size);
    expect(parseSps(slate.sps)).toMatchObject({ ...size, profile: 66 });
    const [luma, ...others] = decode(annexB([slate]), size);
    expect(others).toEqual([]);
    const drawn = [...(luma ?? [])].filter((sample) => sample !== PLAIN_LUMA).length;
    if (size.width > 96) expect(drawn).toBeGreaterThan(800);
    else expect(drawn).toBe(0);
    expect(drawn).toBeLessThan(64 * 64);
    const edge = [...(luma ?? [])].filter(
      (_, i) => i % size.width === 0 || i % size.width === size.width - 1,
    );
    expect(new Set(edge)).toEqual(new Set([PLAIN_LUMA]));
  });

  test('two in a row, of alternating idr_pic_id, are two pictures', () => {
    const size = { width: 640, height: 360 };
    const pictures = decode(
      annexB([makeCameraOffSlate(size, 0), makeCameraOffSlate(size, 1), makeCameraOffSlate(size, 0)]),
      size,
    );
    expect(pictures).toHaveLength(3);
    expect(pictures[0]?.equals(pictures[2] as Buffer)).toBe(true);
  });

  test('is small: under 12 KB at 720p', () => {
    const bytes = makeCameraOffSlate({ width: 1280, height: 720 }).nals.reduce(
      (sum, nal) => sum + nal.length,
      0,
    );
    expect(bytes).toBeLessThan(12 * 1024);
  });

  test.each([
    { width: 641, height: 360 },
    { width: 0, height: 360 },
    { width: 65536, height: 65536 },
  ])('is refused at $width×$height', (size) => {
    expect(() => makeCameraOffSlate(size)).toThrow(RangeError);
  });
});
