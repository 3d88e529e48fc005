import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { scratchFolder } from '#scripts/testing/scratch-folder.ts';
import { makeCameraOffSlate } from '../slate/camera-off.ts';
import { FlvMuxer } from './flv-muxer.ts';
import { h264, type Picture } from './testing/encoded-media.ts';
import { metadataOf, patch, repaired, tagsOf } from './testing/file-in-memory.ts';

const FFMPEG = process.env.FFMPEG_PATH ?? 'ffmpeg';
const run = promisify(execFile);

const camera = h264('160x120', 300);
const SIZE = { width: 160, height: 120 };

interface Timed {
  picture: Picture;
  atMs: number;
}

/** So long of a camera that aims at so many pictures a second, and hits each within a third of its time. */
function filmed(fromMs: number, seconds: number, rate: number): Timed[] {
  const stepMs = 1000 / rate;
  return Array.from({ length: seconds * rate }, (_, index) => ({
    picture: camera[index % camera.length] as Picture,
    atMs: fromMs + index * stepMs + (((index * 7) % 5) - 2) * (stepMs / 6),
  }));
}

/** So long of the slate, as a take repeats it. */
const slates = (fromMs: number, seconds: number): Timed[] =>
  Array.from({ length: seconds / 5 }, (_, index) => ({
    picture: makeCameraOffSlate(SIZE, index % 2 === 0 ? 0 : 1),
    atMs: fromMs + index * 5000,
  }));

function fileOf(pictures: readonly Timed[], finish = true): Buffer {
  const muxer = new FlvMuxer({ encoder: 'x', createdAtMs: 0, channels: 1, sampleRate: 48000 });
  const chunks = [muxer.begin()];
  for (const { atMs, picture } of pictures) chunks.push(...muxer.video(picture, Math.max(0, atMs)));
  const file = Buffer.concat(chunks);
  if (finish) patch(file, muxer.metadata());
  return file;
}

const rateIn = async (file: Buffer | undefined) =>
  metadataOf((await tagsOf(file ?? Buffer.alloc(0)))[0]).framerate as number;

/** Pictures of a file, or of a playlist's one. */
async function countPictures(path: string): Promise<number> {
  const count = ['-count_packets', '-select_streams', 'v', '-show_entries', 'stream=nb_read_packets'];
  const args = ['-v', 'error', ...count, '-of', 'default=nw=1:nk=1', path];
  return Number.parseInt((await run(process.env.FFPROBE_PATH ?? 'ffprobe', args)).stdout, 10);
}

test.each([
  ['a camera of 30 a second', filmed(0, 10, 30)],
  ['of 30, then of 15', [...filmed(0, 10, 30), ...filmed(10_000, 10, 15)]],
  ['of 15, then of 30', [...filmed(0, 10, 15), ...filmed(10_000, 10, 30)]],
  ['the slate before a camera', [...slates(0, 10), ...filmed(10_000, 10, 30)]],
  ['the slate behind a camera', [...filmed(0, 10, 30), ...slates(10_000, 10), ...filmed(20_000, 5, 15)]],
])(
  '[FLV9] %s: whoever converts it to MP4 or HLS gets as many pictures as there are',
  async (name, pictures) => {
    const folder = scratchFolder();
    const path = join(folder, 'camera.flv');
    const file = fileOf(pictures);
    writeFileSync(path, file);
    const encoded = ['-v', 'error', '-y', '-i', path, '-c:v', 'libx264', '-preset', 'ultrafast'];
    await run(FFMPEG, [...encoded, join(folder, 'camera.mp4')]);
    await run(FFMPEG, [...encoded, ...['-f', 'hls', '-hls_list_size', '0'], join(folder, 'camera.m3u8')]);
    const mp4 = await countPictures(join(folder, 'camera.mp4'));
    const hls = await countPictures(join(folder, 'camera.m3u8'));
    console.info(
      `${name}: ${pictures.length} pictures, framerate ${await rateIn(file)}; MP4 ${mp4}, HLS ${hls}`,
    );
    for (const count of [mp4, hls]) expect(Math.abs(count / pictures.length - 1)).toBeLessThanOrEqual(0.02);
  },
);

test('[FLV9] the rate is the mean of the whole file, after a repair too, and an expected one before there are pictures', async () => {
  const pictures = [...slates(0, 10), ...filmed(10_000, 10, 30)];
  const lastMs = pictures.at(-1)?.atMs ?? 0;
  const whole = fileOf(pictures);
  expect(await rateIn(whole)).toBeCloseTo((pictures.length * 1000) / lastMs, 1);
  expect(await repaired(fileOf(pictures, false))).toEqual(whole);
  expect(await rateIn(fileOf(pictures, false))).toBe(30);
});
