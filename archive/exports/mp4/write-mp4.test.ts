import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Malformed } from '#recorder/bytes/malformed.ts';
import { FlvMuxer } from '#recorder/flv/flv-muxer.ts';
import { h264, opusTone, type Picture, silentAacFrame } from '#recorder/flv/testing/encoded-media.ts';
import { patch, sourceOf } from '#recorder/flv/testing/file-in-memory.ts';
import { decodingArguments } from '#scripts/testing/decoding-arguments.ts';
import { FFMPEG, probe } from '../../testing/make-flv.ts';
import { temporaryFolder } from '../../testing/sample.ts';
import { makeCopy } from '../copy.ts';
import { readMedia } from './flv-media.ts';
import { Layout } from './layout.ts';
import { MAX_DESCRIPTIONS } from './parameter-sets.ts';
import { writeMp4 } from './write-mp4.ts';

const run = promisify(execFile);
const FFPROBE = process.env.FFPROBE_PATH || 'ffprobe';
const SECOND_FRAMES = 30;
const AAC_MS = 1024 / 48;
const LIMITS = { cpuSeconds: 60, memoryBytes: 256 * 1024 ** 2, fileBytes: 64 * 1024 ** 2 };

const upright = h264('360x640', 2 * SECOND_FRAMES);
const lying = h264('640x360', 2 * SECOND_FRAMES);

/** A file as the recorder makes it: these pictures, 30 a second from `firstMs` on, and sound but where it is missing. */
function fileOf(pictures: readonly Picture[], firstMs = 0, isMissing = (_ms: number) => false): Buffer {
  const muxer = new FlvMuxer({ encoder: 'x', createdAtMs: 0, channels: 1, sampleRate: 48000 });
  const tags = pictures.map((picture, index) => {
    const atMs = firstMs + (index * 1000) / SECOND_FRAMES;
    return { atMs, write: () => muxer.video(picture, atMs) };
  });
  const lastMs = tags.at(-1)?.atMs ?? 0;
  for (let atMs = 0; atMs < lastMs; atMs += AAC_MS) {
    const at = atMs;
    if (!isMissing(at)) tags.push({ atMs: at, write: () => muxer.audio(silentAacFrame, at) });
  }
  tags.sort((one, other) => one.atMs - other.atMs);
  const file = Buffer.concat([muxer.begin(), ...tags.flatMap(({ write }) => write())]);
  patch(file, muxer.metadata());
  return file;
}

async function madeOf(flv: Buffer): Promise<{ source: string; target: string }> {
  const folder = await temporaryFolder();
  const paths = { source: join(folder, 'x.flv'), target: join(folder, 'x.mp4') };
  await writeFile(paths.source, flv);
  await writeMp4(paths, ['pictures', 'sound'], () => undefined);
  return paths;
}

/** A sum of each picture as it decodes; what cannot be decoded fails. */
async function pictureSums(path: string): Promise<string[]> {
  const { stdout } = await run(
    FFMPEG,
    ['-xerror', '-v', 'error', '-i', path, '-an', '-fps_mode', 'passthrough', '-f', 'framemd5', '-'],
    { maxBuffer: 1 << 26 },
  );
  const lines = stdout.split('\n').filter((line) => line && !line.startsWith('#'));
  return lines.map((line) => line.split(',').at(-1)?.trim() ?? '');
}

interface Packet {
  pos: string;
  size: string;
  pts_time: string;
  duration_time: string;
}

async function packetsOf(path: string, track: 'a' | 'v'): Promise<Packet[]> {
  const wanted = ['-select_streams', track, '-show_entries', 'packet=pos,size,pts_time,duration_time'];
  const { stdout } = await run(FFPROBE, ['-v', 'error', ...wanted, '-of', 'json', path], {
    maxBuffer: 1 << 26,
  });
  return JSON.parse(stdout).packets;
}

const entriesIn = (mp4: Buffer, format: string) =>
  mp4.toString('latin1').split(`${format}\0\0\0\0\0\0\0\x01`).length - 1;

/** Calls a function with each NAL unit of each picture: its place in the file. */
async function forEachNal(path: string, mp4: Buffer, visit: (at: number) => void): Promise<void> {
  for (const { pos, size } of await packetsOf(path, 'v')) {
    const end = Number(pos) + Number(size);
    for (let at = Number(pos); at < end; at += 4 + mp4.readUInt32BE(at)) visit(at + 4);
  }
}

const typesIn = async (path: string): Promise<Set<number>> => {
  const [mp4, types] = [await readFile(path), new Set<number>()];
  await forEachNal(path, mp4, (at) => types.add((mp4[at] ?? 0) & 0x1f));
  return types;
};

/** Makes filler of the parameter sets that are in band: who decodes it now goes by the descriptions. */
async function withoutSetsInBand(path: string): Promise<string> {
  const mp4 = await readFile(path);
  let found = 0;
  await forEachNal(path, mp4, (at) => {
    if (![7, 8].includes((mp4[at] ?? 0) & 0x1f)) return;
    found += 1;
    mp4[at] = 12;
  });
  expect(found).toBeGreaterThan(0);
  const stripped = path.replace(/mp4$/, 'stripped.mp4');
  await writeFile(stripped, mp4);
  return stripped;
}

test('pictures of one size have one description, and no parameter sets in band (ISO/IEC 14496-15, avc1)', async () => {
  const { source, target } = await madeOf(fileOf(lying));
  const mp4 = await readFile(target);
  expect([entriesIn(mp4, 'avc1'), entriesIn(mp4, 'avc3')]).toEqual([1, 0]);
  expect([...(await typesIn(target))].filter((type) => type === 7 || type === 8)).toEqual([]);
  expect(await pictureSums(target)).toEqual(await pictureSums(source));
  expect((await run(FFMPEG, decodingArguments(target, 'warning'))).stderr).toBe('');
  // Before the media, so that a browser plays before it has everything.
  expect(mp4.indexOf('moov')).toBeLessThan(mp4.indexOf('mdat'));
});

test('a phone that is turned, and back: a description for each shape; each alone decodes its pictures, none stretched', async () => {
  const { source, target } = await madeOf(fileOf([...lying, ...upright, ...lying]));
  const mp4 = await readFile(target);
  expect([entriesIn(mp4, 'avc1'), entriesIn(mp4, 'avc3')]).toEqual([0, 2]);
  const sums = await pictureSums(source);
  expect(sums).toHaveLength(6 * SECOND_FRAMES);
  expect(await pictureSums(target)).toEqual(sums);
  expect(await pictureSums(await withoutSetsInBand(target))).toEqual(sums);
  const shapes = ['-v', 'error', '-show_entries', 'frame=width,height,sample_aspect_ratio', '-of', 'csv=p=0'];
  const { stdout } = await run(FFPROBE, [...shapes, '-select_streams', 'v', target], { maxBuffer: 1 << 26 });
  expect(
    [
      ...new Set(
        stdout
          .trim()
          .split('\n')
          .map((line) => line.replace(/,$/, '')),
      ),
    ].sort(),
  ).toEqual(['360,640,1:1', '640,360,1:1']);
});

test('parameter sets that change between keyframes stay in band', async () => {
  const [first, second, third] = lying as [Picture, Picture, Picture];
  const pps = Buffer.concat([first.pps, Buffer.of(0x80)]);
  const { target } = await madeOf(fileOf([first, { ...second, pps }, { ...third, pps }]));
  expect(entriesIn(await readFile(target), 'avc3')).toBe(1);
  expect(await typesIn(target)).toContain(8);
});

test('everything lies when it lay in the FLV: pictures to the millisecond, sound to a sample, also behind a hole', async () => {
  const isMissing = (ms: number) => ms > 1000 && ms < 1500;
  const { source, target } = await madeOf(fileOf(lying, 250, isMissing));
  for (const track of ['v', 'a'] as const) {
    const times = async (path: string) =>
      (await packetsOf(path, track)).map((packet) => Number(packet.pts_time));
    const [were, are] = [await times(source), await times(target)];
    expect(are).toHaveLength(were.length);
    const apart = are.map((seconds, index) => Math.abs(seconds - (were[index] ?? 0)));
    // FLV rounds sound to a millisecond.
    expect(Math.max(...apart)).toBeLessThan(track === 'v' ? 1e-6 : 0.00151);
  }
  const { format, streams } = await probe(target);
  expect(Number(format.duration)).toBeCloseTo(2.25, 1);
  expect(streams.map(({ codec_name }) => codec_name)).toEqual(['h264', 'aac']);
});

test('Opus stays as it is, each packet in its place, and is decoded to its end (Encapsulation of Opus in ISOBMFF)', async () => {
  const packets = opusTone(3);
  const muxer = new FlvMuxer({ encoder: 'x', createdAtMs: 0, codec: 'opus', channels: 1, sampleRate: 48000 });
  const tags = packets.flatMap((packet, index) => muxer.audio(packet, index * 20));
  const { target } = await madeOf(Buffer.concat([muxer.begin(), ...tags]));
  const lie = await packetsOf(target, 'a');
  expect(lie.map(({ pts_time }) => Number(pts_time))).toEqual(packets.map((_, index) => index / 50));
  const mp4 = await readFile(target);
  const entry = mp4.indexOf('dOps');
  // Version 0, a channel, no pre-skip, 48 kHz, no gain, mapping family 0.
  expect(mp4.subarray(entry + 4, entry + 15).toString('hex')).toBe(
    '00' + '01' + '0000' + '0000bb80' + '0000' + '00',
  );
  const { stdout } = await run(FFMPEG, ['-xerror', '-v', 'warning', '-i', target, '-f', 'f32le', '-'], {
    encoding: 'buffer',
    maxBuffer: 1 << 26,
  });
  expect(stdout.length / 4).toBe(packets.length * 960);
  // Each packet can be decoded once the four before it were.
  expect(mp4.indexOf('sgpd')).toBeGreaterThan(0);
  expect((await run(FFPROBE, ['-v', 'warning', '-show_streams', target])).stderr).toBe('');
});

test('sound without a hole is of whole frames, for hours', () => {
  const layout = new Layout({ wanted: ['sound'], inBand: false });
  layout.take({ type: 'sound-settings', codec: 'aac', objectType: 2, frequencyIndex: 3, channels: 1 });
  const frames = (3 * 3600 * 48000) / 1024;
  for (let index = 0; index < frames; index += 1)
    layout.take({ type: 'sound', atMs: Math.round(index * AAC_MS), frame: silentAacFrame });
  const head = layout.head();
  const stts = head.indexOf('stts');
  expect([head.readUInt32BE(stts + 8), head.readUInt32BE(stts + 12), head.readUInt32BE(stts + 16)]).toEqual([
    1,
    Math.ceil(frames),
    1024,
  ]);
});

test('a file of ever new parameter sets has its bound of descriptions', () => {
  const layout = new Layout({ wanted: ['pictures'], inBand: true });
  const { nals, pps, sps } = lying[0] as Picture;
  for (let index = 0; index < 2 * MAX_DESCRIPTIONS; index += 1) {
    const sets = [sps, Buffer.concat([pps, Buffer.from(String(index))])];
    layout.take({ type: 'pictures', atMs: index, isKeyframe: true, sets, nals });
  }
  expect(entriesIn(layout.head(), 'avc3')).toBe(MAX_DESCRIPTIONS);
});

test('whatever became of a file, an MP4 is made of it, or Malformed thrown', async () => {
  const file = fileOf(lying.slice(0, 12));
  const begin = file.indexOf(silentAacFrame) - 200;
  const edits = fc.array(fc.tuple(fc.integer({ min: begin, max: file.length - 1 }), fc.nat(255)), {
    maxLength: 6,
  });
  await fc.assert(
    fc.asyncProperty(edits, async (changes) => {
      const damaged = Buffer.from(file);
      for (const [at, value] of changes) damaged.writeUInt8(value, at);
      const layout = new Layout({ wanted: ['pictures', 'sound'], inBand: true });
      try {
        for await (const media of readMedia(sourceOf(damaged))) layout.take(media);
        expect(layout.head().length).toBeLessThan(64 * 1024);
      } catch (cause) {
        expect(cause).toBeInstanceOf(Malformed);
      }
    }),
    { seed: 15, numRuns: 300 },
  );
});

test('in a process of its own it says how far it is, ends when it is told to, and fails in words', async () => {
  const folder = await temporaryFolder();
  const order = {
    source: join(folder, 'x.flv'),
    target: join(folder, 'x.mp4'),
    wanted: ['pictures' as const],
    inAac: false,
  };
  await writeFile(order.source, fileOf(lying));
  const { signal } = new AbortController();
  const done: number[] = [];
  await makeCopy(order, { limits: LIMITS, signal, onProgress: (part) => done.push(part) });
  expect((await probe(order.target)).streams.map(({ codec_name }) => codec_name)).toEqual(['h264']);
  expect(done).toEqual(done.toSorted((one, other) => one - other));
  expect(done.at(-1)).toBeGreaterThan(0.99);

  const told = new AbortController();
  const onProgress = () => told.abort(new Error('enough'));
  await expect(makeCopy(order, { limits: LIMITS, signal: told.signal, onProgress })).rejects.toThrow(
    'enough',
  );
  await writeFile(order.source, 'not an FLV');
  await expect(makeCopy(order, { limits: LIMITS, signal, onProgress })).rejects.toMatchObject({
    code: 'export-failed',
    message: expect.stringContaining('not an FLV file'),
  });
});

test('what a power cut left empty is no FLV either, with AAC or without, and harms nobody but its job', async () => {
  const folder = await temporaryFolder();
  const [source, target] = [join(folder, 'x.flv'), join(folder, 'y.flv')];
  await writeFile(source, '');
  const { signal } = new AbortController();
  for (const how of [
    { wanted: undefined, inAac: true },
    { wanted: ['sound' as const], inAac: true },
    { wanted: ['sound' as const], inAac: false },
  ]) {
    const making = makeCopy(
      { source, target, ...how },
      { limits: LIMITS, signal, onProgress: () => undefined },
    );
    await expect(making).rejects.toMatchObject({
      code: 'export-failed',
      message: expect.stringContaining('not an FLV file'),
    });
  }
});
