import { mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { decodingFaults, flvmetaErrors, probe } from './decoding.ts';
import { readFlvFile, readFlvTags, tagFaults } from './flv-tags.ts';
import { generateFile } from './generated-file.ts';
import { strangePictures, watch } from './picture.ts';
import { listen, missingTone, strangeTones, unwantedTone } from './sound.ts';

let folder: string;
let good: string;
let swapped: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'verbatim-inspection-'));
  good = join(folder, 'good.flv');
  swapped = join(folder, 'swapped.flv');
  await generateFile(good, [
    { seconds: 2, picture: 3, sound: 3 },
    { seconds: 2, picture: undefined, sound: undefined },
    { seconds: 2, picture: 3, sound: 3 },
  ]);
  await generateFile(swapped, [
    { seconds: 2, picture: 3, sound: 3 },
    { seconds: 1, picture: 4, sound: 4 },
  ]);
});

afterAll(() => rm(folder, { recursive: true, force: true }));

test('a flawless file has no fault', async () => {
  expect(await decodingFaults(good)).toEqual([]);
  expect(await flvmetaErrors(good)).toEqual([]);
  expect(tagFaults(await readFlvFile(good))).toEqual([]);
  const { durationMs, video, audio } = await probe(good);
  expect(Math.abs(durationMs - 6000)).toBeLessThan(100);
  expect(video).toEqual({ codec: 'h264', width: 320, height: 240 });
  expect(audio).toEqual({ codec: 'aac', sampleRate: 48_000, channels: 1 });
});

test('the owner is seen but for the slate, and every picture is another', async () => {
  const pictures = await watch(good);
  expect(pictures.length).toBeGreaterThanOrEqual(29);
  expect(strangePictures(pictures, 3)).toEqual([]);
  expect(pictures.filter(({ sighting }) => sighting.kind === 'plain').length).toBeGreaterThanOrEqual(9);
  const counters = pictures.flatMap(({ sighting }) => (sighting.kind === 'owner' ? [sighting.counter] : []));
  expect(new Set(counters).size).toBe(counters.length);
});

test('the owner is heard but while muted', async () => {
  const sounds = await listen(good);
  expect(missingTone(sounds, 3, { fromMs: 0, toMs: 2000 })).toEqual([]);
  expect(unwantedTone(sounds, 3, { fromMs: 2000, toMs: 4000 })).toEqual([]);
  expect(strangeTones(sounds, 3)).toEqual([]);
  expect(missingTone(sounds, 3, { fromMs: 0, toMs: 4000 })).not.toEqual([]);
  expect(unwantedTone(sounds, 3, { fromMs: 0, toMs: 4000 })).not.toEqual([]);
});

test('a picture and a sound of somebody else are found', async () => {
  const pictures = strangePictures(await watch(swapped), 3);
  expect(pictures.length).toBeGreaterThanOrEqual(4);
  expect(pictures.every((words) => words.endsWith('the picture of 4'))).toBe(true);
  const sounds = strangeTones(await listen(swapped), 3);
  expect(sounds.length).toBeGreaterThanOrEqual(8);
  expect(sounds.every((words) => words.includes('tone of 4'))).toBe(true);
});

test('a file that breaks off, or is damaged, is found', async () => {
  const bytes = await readFile(good);
  const broken = join(folder, 'broken.flv');
  await writeFile(broken, bytes);
  await truncate(broken, bytes.length - 7);
  expect(tagFaults(await readFlvFile(broken))).toEqual([expect.stringMatching(/bytes after the last tag$/)]);

  const { tags } = readFlvTags(bytes);
  const frame = tags.filter(({ type, isHeader }) => type === 'video' && !isHeader)[20];
  if (!frame) throw new Error('no 21st picture');
  const damaged = join(folder, 'damaged.flv');
  await writeFile(damaged, Buffer.from(bytes).fill(0xff, frame.offset + 16, frame.offset + 40));
  expect(await decodingFaults(damaged)).not.toEqual([]);
});

test('a track that starts late, or steps back, is found', async () => {
  const { tags } = await readFlvFile(good);
  const late = tags.filter(({ type, timestampMs }) => type !== 'audio' || timestampMs > 3000);
  expect(tagFaults({ tags: late, rest: 0 })).toContainEqual(expect.stringMatching(/^audio reaches from 3/));
  const media = tags.filter(({ type }) => type !== 'script');
  const back = [...tags, ...media.slice(10, 11)];
  expect(tagFaults({ tags: back, rest: 0 })).toContainEqual(expect.stringMatching(/^from \d+ ms back to/));
  expect(tagFaults({ tags: media, rest: 0 })).toContain('the first tag is not onMetaData');
});
