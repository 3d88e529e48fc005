import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { ByteReader } from '../bytes/byte-reader.ts';
import { Malformed } from '../bytes/malformed.ts';
import { type AmfValue, encodeAmf, parseAmf } from './amf0.ts';
import { encodeAacConfig, parseAudioData } from './audio-data.ts';
import { h264, type Picture, silentAacFrame } from './fixtures/encoded-media.ts';
import { FlvMuxer } from './flv-muxer.ts';
import { type FlvSource, type FlvTag, readFlvTags } from './flv-reader.ts';
import { planRepair } from './flv-repair.ts';
import { encodeTagHeader, parseTagHeader, TAG_TYPE } from './flv-tag.ts';
import { KEYFRAME_SLOTS, KeyframeIndex } from './keyframe-index.ts';
import { encodeAvcConfig, encodeAvcNalus, parseVideoData } from './video-data.ts';

const FFMPEG = process.env.FFMPEG_PATH ?? 'ffmpeg';
const folder = mkdtempSync(join(tmpdir(), 'verbatim-flv-'));
afterAll(() => rmSync(folder, { recursive: true }));

const small = h264('320x240', 30);
const large = h264('640x360', 30);

/** A file as the recorder writes it: two sizes, 30 frames each, sound all along. */
function makeFile(options: { startMs?: number; finish?: boolean } = {}): Buffer {
  const muxer = new FlvMuxer({
    encoder: 'Verbatim test',
    createdAtMs: Date.UTC(2026, 10, 22),
    channels: 1,
    sampleRate: 48000,
  });
  const chunks = [muxer.begin()];
  const startMs = options.startMs ?? 0;
  let audioFrames = 0;
  [...small, ...large].forEach((picture, index) => {
    const atMs = (index * 1000) / 30;
    while ((audioFrames * 1024) / 48 <= atMs) {
      chunks.push(...muxer.audio(silentAacFrame, startMs + (audioFrames * 1024) / 48));
      audioFrames += 1;
    }
    chunks.push(...muxer.video(picture, startMs + atMs));
  });
  const file = Buffer.concat(chunks);
  expect(muxer.bytes).toBe(file.length);
  if (options.finish !== false)
    for (const { bytes, offset } of muxer.finish().patches) bytes.copy(file, offset);
  return file;
}

function sourceOf(file: Buffer): FlvSource {
  return { size: file.length, read: async (offset, length) => file.subarray(offset, offset + length) };
}

async function tagsOf(file: Buffer): Promise<FlvTag[]> {
  const tags: FlvTag[] = [];
  for await (const tag of readFlvTags(sourceOf(file))) tags.push(tag);
  return tags;
}

function metadataOf(tag: FlvTag | undefined): Record<string, AmfValue> {
  const reader = new ByteReader(tag?.data ?? Buffer.alloc(0));
  expect(parseAmf(reader)).toBe('onMetaData');
  return parseAmf(reader) as Record<string, AmfValue>;
}

const run = promisify(execFile);

describe('[FLV1] units of the format', () => {
  // FLV 10.1 annex E: tag type, 24-bit size, 24-bit time, its upper 8 bits, stream id.
  const headers: [string, Parameters<typeof encodeTagHeader>[0]][] = [
    ['09000005000000000000' + '00', { type: TAG_TYPE.video, dataBytes: 5, timestampMs: 0 }],
    ['08ffffff00000001000000', { type: TAG_TYPE.audio, dataBytes: 0xffffff, timestampMs: 0x1000000 }],
    ['12000001ffffffff000000', { type: TAG_TYPE.script, dataBytes: 1, timestampMs: 0xffffffff }],
  ];
  test.each(headers)('tag header %s', (hex, header) => {
    expect(encodeTagHeader(header).toString('hex')).toBe(hex);
    expect(parseTagHeader(Buffer.from(hex, 'hex'))).toEqual(header);
  });

  test('AAC configuration: mono 48 kHz LC is 1188, stereo 1190', () => {
    expect(encodeAacConfig(1).toString('hex')).toBe('af001188');
    expect(encodeAacConfig(2).toString('hex')).toBe('af001190');
    expect(parseAudioData(encodeAacConfig(2))).toEqual({
      type: 'aac-config',
      objectType: 2,
      frequencyIndex: 3,
      channels: 2,
    });
  });

  test('AVC configuration and units survive encoding and parsing', () => {
    const [{ nals, pps, sps }] = small as [Picture];
    expect(parseVideoData(encodeAvcConfig(sps, pps))).toEqual({ type: 'avc-config', sps: [sps], pps: [pps] });
    const data = Buffer.concat(encodeAvcNalus(true, nals));
    expect(parseVideoData(data)).toEqual({ type: 'avc-nalus', keyframe: true, compositionTimeMs: 0, nals });
  });

  test('AMF0 values survive encoding and parsing', () => {
    const value = { a: 1.5, b: true, c: 'text', d: [1, 2], e: { f: new Date(0) } };
    expect(parseAmf(new ByteReader(encodeAmf(value)))).toEqual(
      Object.assign(Object.create(null), value, { e: expect.anything() }),
    );
  });

  test('every parser answers or throws Malformed, and leaves its input alone', () => {
    const seeds = [
      encodeAvcConfig(small[0]?.sps ?? silentAacFrame, silentAacFrame),
      encodeAacConfig(1),
      encodeAmf({ a: [1, 'x'] }),
    ];
    const mutated = fc.tuple(
      fc.constantFrom(...seeds),
      fc.array(fc.tuple(fc.nat(80), fc.nat(255)), { maxLength: 4 }),
    );
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 64 }).map((array) => Buffer.from(array)),
      mutated.map(([seed, edits]) => {
        const copy = Buffer.from(seed);
        for (const [at, byte] of edits) copy[at % copy.length] = byte;
        return copy;
      }),
    );
    const parsers = [
      parseTagHeader,
      parseAudioData,
      parseVideoData,
      (data: Buffer) => parseAmf(new ByteReader(data)),
    ];
    fc.assert(
      fc.property(bytes, fc.constantFrom(...parsers), (data, parse) => {
        const before = Buffer.from(data);
        try {
          parse(data);
        } catch (cause) {
          expect(cause).toBeInstanceOf(Malformed);
        }
        expect(data.equals(before)).toBe(true);
      }),
      { seed: 2, numRuns: 3000 },
    );
  });
});

describe('FlvMuxer', () => {
  test('[FLV2] a file of two picture sizes decodes without an error, and flvmeta finds none', async () => {
    const path = join(folder, 'two-sizes.flv');
    writeFileSync(path, makeFile());
    const { stderr } = await run(FFMPEG, ['-xerror', '-v', 'warning', '-i', path, '-f', 'null', '-']);
    expect(stderr).toBe('');
    const check = await run('flvmeta', ['--check', path]).catch((cause: { stdout: string }) => cause);
    const complaints = check.stdout
      .split('\n')
      .filter((line) => /(error|warning) [EW]\d+/.test(line) && !line.includes('W80062'));
    expect(complaints).toEqual([]);
  });

  test('[FLV9] uneven frame times, a few milliseconds apart, decode without a line from ffmpeg', async () => {
    const muxer = new FlvMuxer({ encoder: 'x', createdAtMs: 0, channels: 1, sampleRate: 48000 });
    const chunks = [muxer.begin()];
    small.forEach((picture, index) => {
      chunks.push(...muxer.video(picture, index * 33.3 + (index % 3) * 14));
    });
    const path = join(folder, 'uneven.flv');
    const file = Buffer.concat(chunks);
    for (const { bytes, offset } of muxer.finish().patches) bytes.copy(file, offset);
    writeFileSync(path, file);
    const { stderr } = await run(FFMPEG, ['-xerror', '-v', 'error', '-i', path, '-f', 'null', '-']);
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

  test('[FLV7] an index that is full drops every other entry and goes on', () => {
    const index = new KeyframeIndex();
    for (let i = 0; i < KEYFRAME_SLOTS * 10; i += 1) index.add(i * 1000, i * 10);
    const { filepositions, times } = index.entries();
    expect(times.length).toBeLessThan(KEYFRAME_SLOTS);
    expect(times[0]).toBe(0);
    times.forEach((time, i) => {
      expect(filepositions[i]).toBe(time * 10);
    });
    expect(times.at(-1)).toBeGreaterThan(KEYFRAME_SLOTS * 10 - 40);
  });
});

describe('[FLV8] repair', () => {
  const cutOff = makeFile({ finish: false });

  async function repaired(file: Buffer): Promise<Buffer | undefined> {
    const plan = await planRepair(sourceOf(file));
    if (!plan) return undefined;
    const whole = Buffer.from(file.subarray(0, plan.truncateTo));
    for (const { bytes, offset } of plan.patches) bytes.copy(whole, offset);
    return whole;
  }

  test('a file that was not finished gets the same bytes as if it had been', async () => {
    expect((await repaired(cutOff))?.equals(makeFile())).toBe(true);
  });

  test('cut at any byte of its end, it is whole up to the last tag before the cut', async () => {
    const tags = await tagsOf(cutOff);
    for (let length = cutOff.length - 3000; length < cutOff.length; length += 7) {
      const whole = await repaired(cutOff.subarray(0, length));
      const expected = tags.filter((tag) => tag.end <= length).length;
      const found = await tagsOf(whole ?? Buffer.alloc(0));
      expect(found).toHaveLength(expected);
      expect(metadataOf(found[0]).filesize).toBe(found.at(-1)?.end);
    }
  });

  test('bytes that turned to zeros at the end (a power cut) are cut off', async () => {
    const torn = Buffer.concat([cutOff.subarray(0, -500), Buffer.alloc(4000)]);
    const path = join(folder, 'torn.flv');
    writeFileSync(path, (await repaired(torn)) ?? '');
    const { stderr } = await run(FFMPEG, ['-xerror', '-v', 'warning', '-i', path, '-f', 'null', '-']);
    expect(stderr).toBe('');
  });

  test('a file without media, or one that is not FLV at all, is left alone', async () => {
    for (const file of [
      Buffer.alloc(0),
      cutOff.subarray(0, 5),
      cutOff.subarray(0, 100),
      Buffer.from('not an flv file at all'),
    ]) {
      expect(await planRepair(sourceOf(file))).toBeUndefined();
    }
  });
});
