import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Malformed } from '../bytes/malformed.ts';
import { insertEmulationPrevention, removeEmulationPrevention } from './emulation-prevention.ts';
import { UnsupportedPicture } from './picture-limits.ts';
import { checkRecordable, parseSps } from './sps.ts';
import { encodeSps } from './testing/sps-fields.ts';

const hd = { level: 31, widthMbs: 80, heightUnits: 45 };
const fullHd = { level: 40, widthMbs: 120, heightUnits: 68 };

/** What it is, the set, its size; the cases seed the fuzzer too. */
const cases: [string, Buffer, { width: number; height: number; profile: number; id?: number }][] = [
  [
    'High with VUI, cropping and emulation prevention, by x264',
    Buffer.from('67640028acd940780227e5c044000003000400000300f03c60c658', 'hex'),
    { profile: 100, width: 1920, height: 1080 },
  ],
  [
    'Constrained Baseline, by a browser',
    Buffer.from('6742c01fda014016e840', 'hex'),
    { profile: 66, width: 1280, height: 720 },
  ],
  ['Baseline', encodeSps({ profile: 66, ...hd }), { profile: 66, width: 1280, height: 720 }],
  ['its id', encodeSps({ id: 31, profile: 66, ...hd }), { profile: 66, width: 1280, height: 720, id: 31 }],
  [
    '4:2:0 cropped in pairs of lines',
    encodeSps({ profile: 100, chromaFormat: 1, ...fullHd, crop: [1, 2, 0, 4] }),
    { profile: 100, width: 1914, height: 1080 },
  ],
  [
    'monochrome cropped in lines',
    encodeSps({ profile: 100, chromaFormat: 0, ...fullHd, crop: [1, 2, 0, 8] }),
    { profile: 100, width: 1917, height: 1080 },
  ],
  [
    '4:2:2 cropped in pairs of columns',
    encodeSps({ profile: 122, chromaFormat: 2, ...fullHd, crop: [1, 2, 0, 8] }),
    { profile: 122, width: 1914, height: 1080 },
  ],
  [
    '4:4:4 cropped in pixels',
    encodeSps({ profile: 244, chromaFormat: 3, ...fullHd, crop: [1, 2, 3, 5] }),
    { profile: 244, width: 1917, height: 1080 },
  ],
  [
    '4:4:4 in separate planes',
    encodeSps({ profile: 244, chromaFormat: 3, separatePlanes: true, ...fullHd, crop: [0, 0, 0, 8] }),
    { profile: 244, width: 1920, height: 1080 },
  ],
  [
    'eight scaling lists',
    encodeSps({ profile: 100, chromaFormat: 1, scalingLists: true, ...hd }),
    { profile: 100, width: 1280, height: 720 },
  ],
  [
    'twelve scaling lists',
    encodeSps({ profile: 244, chromaFormat: 3, scalingLists: true, ...hd }),
    { profile: 244, width: 1280, height: 720 },
  ],
  [
    'picture order of type 1',
    encodeSps({ profile: 77, pictureOrder: 1, ...hd }),
    { profile: 77, width: 1280, height: 720 },
  ],
  [
    'fields, cropped in fours of lines',
    encodeSps({
      profile: 77,
      pictureOrder: 2,
      level: 40,
      widthMbs: 120,
      heightUnits: 34,
      interlaced: true,
      crop: [0, 0, 0, 2],
    }),
    { profile: 77, width: 1920, height: 1080 },
  ],
];

describe('[SPS1] parseSps', () => {
  test.each(cases)('%s', (_, nal, expected) => {
    expect(parseSps(nal)).toMatchObject(expected);
  });

  test.each([
    ['another NAL unit', Buffer.of(0x68, 0xeb, 0xe3)],
    ['a set that is cut off', Buffer.from('6742c01fda01', 'hex')],
    ['chroma format 4', encodeSps({ profile: 100, chromaFormat: 4, ...hd })],
    ['a picture that is cropped away', encodeSps({ profile: 66, ...hd, crop: [320, 320, 0, 0] })],
    ['a picture wider than any level allows', encodeSps({ profile: 66, ...hd, widthMbs: 1056 })],
  ])('refuses %s', (_, nal) => {
    expect(() => parseSps(nal)).toThrow(Malformed);
  });

  test('[SPS2] a broken one is refused: it answers or throws Malformed, and leaves its input alone', () => {
    const mutated = fc
      .tuple(
        fc.constantFrom(...cases.map(([, nal]) => nal)),
        fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 6 }),
        fc.nat(60),
      )
      .map(([nal, edits, length]) => {
        const copy = Buffer.from(nal);
        for (const [at, byte] of edits) copy[at % copy.length] = byte;
        return copy.subarray(0, length);
      });
    fc.assert(
      fc.property(mutated, (nal) => {
        const before = Buffer.from(nal);
        try {
          const { height, width } = parseSps(nal);
          expect(width * height).toBeGreaterThan(0);
        } catch (cause) {
          expect(cause).toBeInstanceOf(Malformed);
        }
        expect(nal.equals(before)).toBe(true);
      }),
      { seed: 8, numRuns: 2000 },
    );
  });

  test.each([
    ['larger than 36,864 macroblocks', encodeSps({ profile: 66, ...hd, widthMbs: 256, heightUnits: 145 })],
    ['as large as a set can tell', encodeSps({ profile: 66, ...hd, widthMbs: 1055, heightUnits: 1055 })],
    [
      'as large, and cropped',
      encodeSps({ profile: 66, ...hd, widthMbs: 1055, heightUnits: 1055, crop: [0, 8400, 0, 8400] }),
    ],
    ['4:0:0', encodeSps({ profile: 100, ...hd, chromaFormat: 0 })],
    ['4:2:2', encodeSps({ profile: 122, ...hd, chromaFormat: 2 })],
    ['4:4:4', encodeSps({ profile: 244, ...hd, chromaFormat: 3 })],
    ['10 bits', encodeSps({ profile: 110, ...hd, chromaFormat: 1, sampleBits: 10 })],
    ['odd sides', encodeSps({ profile: 244, ...hd, chromaFormat: 3, crop: [1, 0, 0, 0] })],
  ])('[SPS3] a picture is not recorded: %s', (_, nal) => {
    expect(() => checkRecordable(parseSps(nal))).toThrow(UnsupportedPicture);
  });

  test('[SPS3] the largest one is', () => {
    const largest = parseSps(
      encodeSps({ profile: 100, chromaFormat: 1, ...hd, widthMbs: 256, heightUnits: 144 }),
    );
    expect(largest).toMatchObject({ width: 4096, height: 2304 });
    checkRecordable(largest);
  });

  test('emulation prevention is undone exactly', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(0, 1, 2, 3, 4, 255), { maxLength: 60 }), (values) => {
        const rbsp = Uint8Array.from([...values, 1]);
        const nal = insertEmulationPrevention(rbsp);
        for (const code of [0, 1, 2]) expect(nal.indexOf(Buffer.of(0, 0, code))).toBe(-1);
        expect(Buffer.from(removeEmulationPrevention(nal)).equals(Buffer.from(rbsp))).toBe(true);
      }),
      { seed: 9, numRuns: 500 },
    );
  });
});
