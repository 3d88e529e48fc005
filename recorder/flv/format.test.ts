import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ByteReader } from '../bytes/byte-reader.ts';
import { Malformed } from '../bytes/malformed.ts';
import { encodeAmf, parseAmf } from './amf0.ts';
import { encodeSoundConfig, parseAudioData, SOUND_PREFIX } from './audio-data.ts';
import { encodeTagHeader, parseTagHeader, TAG_TYPE } from './flv-tag.ts';
import { type Picture, silentAacFrame } from './testing/encoded-media.ts';
import { small } from './testing/two-sizes.ts';
import { encodeAvcConfig, encodeAvcNalus, parseVideoData } from './video-data.ts';

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
    expect(encodeSoundConfig('aac', 1).toString('hex')).toBe('af001188');
    expect(encodeSoundConfig('aac', 2).toString('hex')).toBe('af001190');
    expect(parseAudioData(encodeSoundConfig('aac', 2))).toEqual({
      type: 'aac-config',
      objectType: 2,
      frequencyIndex: 3,
      channels: 2,
    });
  });

  test('Opus by Enhanced RTMP v2: the header without pre-skip, and packets behind their FourCC', () => {
    const header = '90' + '4f707573' + '4f70757348656164' + '01' + '02' + '0000' + '80bb0000' + '0000' + '00';
    expect(encodeSoundConfig('opus', 2).toString('hex')).toBe(header);
    expect(parseAudioData(encodeSoundConfig('opus', 2))).toEqual({ type: 'opus-config', channels: 2 });
    const packet = Buffer.from('f8fffe', 'hex');
    expect(SOUND_PREFIX.opus.toString('hex')).toBe('91' + '4f707573');
    expect(parseAudioData(Buffer.concat([SOUND_PREFIX.opus, packet]))).toEqual({
      ...{ type: 'frame', codec: 'opus', frame: packet },
    });
    for (const other of ['916f707573f8fffe', '944f707573010100', '904f70757300'])
      expect(() => parseAudioData(Buffer.from(other, 'hex'))).toThrow(Malformed);
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
      encodeSoundConfig('aac', 1),
      encodeSoundConfig('opus', 1),
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
