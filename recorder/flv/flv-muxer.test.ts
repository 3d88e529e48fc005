import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, test } from 'vitest';
import { decodingArguments } from '#scripts/testing/decoding-arguments.ts';
import { FlvMuxer, REPEATED_SETS } from './flv-muxer.ts';
import type { FlvTag } from './flv-reader.ts';
import { TAG_TYPE } from './flv-tag.ts';
import { KEYFRAME_SLOTS, KeyframeIndex } from './keyframe-index.ts';
import { h264, type Picture, silentAacFrame } from './testing/encoded-media.ts';
import { metadataOf, patch, repaired, tagsOf } from './testing/file-in-memory.ts';
import { large, makeFile, small } from './testing/two-sizes.ts';
import { parseVideoData } from './video-data.ts';

const FFMPEG = process.env.FFMPEG_PATH ?? 'ffmpeg';
const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), 'verbatim-flv-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('FlvMuxer', () => {
  test('[FLV2] a file of two picture sizes decodes without an error, and flvmeta finds none', async () => {
    const path = join(folder, 'two-sizes.flv');
    writeFileSync(path, makeFile());
    const { stderr } = await run(FFMPEG, decodingArguments(path, 'warning'));
    expect(stderr).toBe('');
    const check = await run('flvmeta', ['--check', path]).catch((cause: { stdout: string }) => cause);
    const complaints = check.stdout
      .split('\n')
      .filter((line) => /(error|warning) [EW]\d+/.test(line) && !line.includes('W80062'));
    expect(complaints).toEqual([]);
  });

  test('[TURN1] a phone that is turned, and back, is whole: each picture in its shape, none garbled', async () => {
    const parts = [small, h264('240x320', 30), small];
    const muxer = new FlvMuxer({ encoder: 'x', createdAtMs: 0, channels: 1, sampleRate: 48000 });
    const chunks = parts.flat().flatMap((picture, index) => muxer.video(picture, (index * 1000) / 30));
    const path = join(folder, 'turned.flv');
    writeFileSync(path, Buffer.concat([muxer.begin(), ...chunks]));
    const sums = async (input: readonly string[]) => {
      const args = ['-xerror', '-v', 'error', ...input, '-fps_mode', 'passthrough', '-f', 'framemd5', '-'];
      const { stdout } = await run(FFMPEG, args, { maxBuffer: 1 << 26 });
      return stdout
        .split('\n')
        .flatMap((line) => (/^\d/.test(line) ? [line.split(',').slice(-2).join()] : []));
    };
    // Each part alone, as it was sent: no other one can spoil it.
    const sent = await Promise.all(
      parts.map(async (pictures, part) => {
        const alone = join(folder, `part-${part}.h264`);
        const nals = pictures.flatMap(({ nals, pps, sps }) => [sps, pps, ...nals]);
        writeFileSync(alone, Buffer.concat(nals.flatMap((nal) => [Buffer.of(0, 0, 0, 1), nal])));
        return sums(['-f', 'h264', '-i', alone]);
      }),
    );
    expect(await sums(['-i', path, '-autoscale', '0', '-an'])).toEqual(sent.flat());
  });

  test('[FLV9] uneven frame times, a few milliseconds apart, decode without a line from ffmpeg', async () => {
    const muxer = new FlvMuxer({ encoder: 'x', createdAtMs: 0, channels: 1, sampleRate: 48000 });
    const chunks = [muxer.begin()];
    small.forEach((picture, index) => {
      chunks.push(...muxer.video(picture, index * 33.3 + (index % 3) * 14));
    });
    const path = join(folder, 'uneven.flv');
    const file = Buffer.concat(chunks);
    patch(file, muxer.metadata());
    writeFileSync(path, file);
    const { stderr } = await run(FFMPEG, decodingArguments(path));
    expect(stderr).toBe('');
  });

  test('[FLV3] a sequence header precedes each keyframe, with the sets in band too', async () => {
    const tags = await tagsOf(makeFile());
    const kinds = tags.flatMap((tag, index) =>
      tag.type === TAG_TYPE.video ? [{ index, data: parseVideoData(tag.data) }] : [],
    );
    const keyframes = kinds.filter(({ data }) => data.type === 'avc-nalus' && data.keyframe);
    expect(keyframes).toHaveLength(6);
    for (const { data, index } of keyframes) {
      const before = parseVideoData((tags[index - 1] as FlvTag).data);
      expect(data.type === 'avc-nalus' && data.nals.map((nal) => (nal[0] ?? 0) & 0x1f)).toEqual([7, 8, 5, 5]);
      expect(data).toMatchObject({
        nals: before.type === 'avc-config' ? [...before.sps, ...before.pps, {}, {}] : [],
      });
    }
    expect(kinds.filter(({ data }) => data.type === 'avc-config')).toHaveLength(1 + keyframes.length);
  });

  test.each([0.2, 0.5, 1.2, 1.5, 1.8])(
    '[FLV3] a player that jumps to %d s decodes what it finds there, across picture sizes',
    async (seconds) => {
      const path = join(folder, 'jump.flv');
      writeFileSync(path, makeFile());
      const jump = ['-xerror', '-v', 'warning', '-ss', `${seconds}`, '-i', path];
      const { stderr, stdout } = await run(FFMPEG, [...jump, '-an', '-f', 'framemd5', '-']);
      expect(stderr).toBe('');
      expect(stdout).toContain(`#dimensions 0: ${seconds < 1 ? '320x240' : '640x360'}`);
    },
  );

  test('[FLV4] the index is patched in place: every position is a keyframe tag at its time', async () => {
    const file = makeFile();
    expect(file.length).toBe(makeFile({ finish: false }).length);
    const tags = await tagsOf(file);
    const metadata = metadataOf(tags[0]);
    const { filepositions, times } = metadata.keyframes as { times: number[]; filepositions: number[] };
    // mpegts.js skips the first entry, which is the first sequence header's own.
    expect(times).toHaveLength(1 + 6);
    const [opening] = tags.filter((tag) => tag.type === TAG_TYPE.video);
    expect([times[0], filepositions[0]]).toEqual([0, opening?.offset]);
    expect(opening && parseVideoData(opening.data).type).toBe('avc-config');
    filepositions.slice(1).forEach((position, index) => {
      const at = tags.findIndex((candidate) => candidate.offset === position);
      const found = tags[at] as FlvTag;
      const tag = parseVideoData(found.data).type === 'avc-config' ? tags[at + 1] : found;
      expect(tag && parseVideoData(tag.data)).toMatchObject({ type: 'avc-nalus', keyframe: true });
      expect(tag?.timestampMs).toBe((times[index + 1] ?? 0) * 1000);
    });
    expect(metadata).toMatchObject({
      filesize: file.length,
      width: 320,
      height: 240,
      stereo: false,
      hasKeyframes: true,
    });
    expect(metadata.duration).toBeCloseTo(2, 1);
  });

  test('[FLV16] keyframes without end repeat unchanged parameter sets only so often, and the index leads past the others', async () => {
    const muxer = new FlvMuxer({ encoder: 'x', createdAtMs: 0, channels: 1, sampleRate: 48000 });
    const [first] = small as [Picture];
    const nals = [Buffer.of(0x65, 0x88)];
    const file = [muxer.begin()];
    for (let i = 0; i < 2500; i += 1) file.push(...muxer.video({ ...first, nals, keyframe: true }, i * 4));
    const bytes = Buffer.concat(file);
    patch(bytes, muxer.metadata());
    const most = REPEATED_SETS.burst + 10 * REPEATED_SETS.perS + 1;
    const tags = await tagsOf(bytes);
    const configurations = tags.filter(
      ({ data, type }) => type === TAG_TYPE.video && parseVideoData(data).type === 'avc-config',
    );
    expect(configurations.length).toBeLessThanOrEqual(most + 1);
    const { times } = metadataOf(tags[0]).keyframes as { times: number[] };
    expect(times).toHaveLength(configurations.length);
    expect(await repaired(bytes)).toEqual(bytes);
  });

  test('[FLV5] timestamps go past 2^24 ms and 24 hours', async () => {
    const startMs = 25 * 3_600_000;
    const tags = await tagsOf(makeFile({ startMs }));
    expect(tags.at(-1)?.timestampMs).toBeGreaterThan(startMs + 1900);
  });

  test('[FLV6] within a track timestamps never go backwards', async () => {
    const muxer = new FlvMuxer({ encoder: 'x', createdAtMs: 0, channels: 1, sampleRate: 48000 });
    const chunks = [muxer.begin(), ...muxer.audio(silentAacFrame, 100.4), ...muxer.audio(silentAacFrame, 90)];
    expect((await tagsOf(Buffer.concat(chunks))).slice(2).map((tag) => tag.timestampMs)).toEqual([100, 100]);
  });

  test.each([0, 3.9, 21.2, 24, 1000.1])(
    '[FLV6] the first picture, at %d ms, keeps its place among the sound',
    async (firstMs) => {
      const muxer = new FlvMuxer({ encoder: 'x', createdAtMs: 0, channels: 1, sampleRate: 48000 });
      const chunks = [muxer.begin()];
      let index = 0;
      for (; (index * 1024) / 48 <= firstMs; index += 1)
        chunks.push(...muxer.audio(silentAacFrame, (index * 1024) / 48));
      chunks.push(...muxer.video(small[0] as Picture, firstMs));
      chunks.push(...muxer.audio(silentAacFrame, (index * 1024) / 48));
      const times = (await tagsOf(Buffer.concat(chunks))).slice(1).map((tag) => tag.timestampMs);
      expect(times).toEqual(times.toSorted((a, b) => a - b));
    },
  );

  test('[FLV15] what the index of a file that still grows speaks of is in the file already', async () => {
    const muxer = new FlvMuxer({ encoder: 'x', createdAtMs: 0, channels: 1, sampleRate: 48000 });
    const chunks = [muxer.begin()];
    for (const [index, picture] of [...small, ...large].entries()) {
      chunks.push(...muxer.video(picture, index * 40));
      const file = Buffer.concat(chunks);
      patch(file, muxer.metadata());
      const tags = await tagsOf(file);
      const { duration, filesize, keyframes } = metadataOf(tags[0]);
      expect(filesize).toBe(file.length);
      expect(duration).toBeCloseTo((index * 40) / 1000, 1);
      const keyframeTags = tags.filter(({ data, type }) => type === TAG_TYPE.video && data[0] === 0x17);
      const offsets = new Set(keyframeTags.map(({ offset }) => offset));
      const { filepositions } = keyframes as { filepositions: number[] };
      expect(filepositions.length).toBeGreaterThan(1);
      for (const position of filepositions) expect(offsets).toContain(position);
    }
  });

  test('[FLV7] an index that is full is thinned by time: as dense at its beginning as at its end', () => {
    const index = new KeyframeIndex();
    // Somebody whose network was bad for the first hour: ten keyframes a second, later one in ten seconds.
    const times = [
      ...Array.from({ length: 36_000 }, (_, i) => i * 100),
      ...Array.from({ length: 2880 }, (_, i) => 3_600_000 + i * 10_000),
    ];
    times.forEach((ms) => {
      index.add(ms, ms * 7);
    });
    const kept = index.entries();
    expect(kept.times.length).toBeLessThan(KEYFRAME_SLOTS);
    expect(kept.times.length).toBeGreaterThan(KEYFRAME_SLOTS / 4);
    // The first one is the sequence header's own, which players skip.
    expect(kept.times.slice(0, 2)).toEqual([0, 0.1]);
    expect(kept.filepositions).toEqual(kept.times.map((seconds) => Math.round(seconds * 1000) * 7));
    const distances = kept.times.slice(2).map((time, i) => time - (kept.times[i + 1] ?? 0));
    expect(Math.max(...distances)).toBeLessThan(4 * Math.min(...distances.slice(1)));
    expect(times.at(-1)).toBeLessThan((kept.times.at(-1) ?? 0) * 1000 + 40_000);
  });
});
