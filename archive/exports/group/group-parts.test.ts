import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { sampleFile, sampleManifest, temporaryFolder } from '../../testing/sample.ts';
import { type LabelFont, labelFonts } from './label-font.ts';
import { labelText } from './label-text.ts';
import { type Box, layOut, PICTURE } from './layout.ts';
import { MAX_TILES, scenesOf } from './scenes.ts';
import { gainFor } from './sound.ts';

const inside = ({ height, width, x, y }: Box) =>
  x >= 0 && y >= 0 && x + width <= PICTURE.width && y + height <= PICTURE.height;
const overlap = (one: Box, other: Box) =>
  one.x < other.x + other.width &&
  other.x < one.x + one.width &&
  one.y < other.y + other.height &&
  other.y < one.y + one.height;

describe('the layout', () => {
  test.each(
    Array.from({ length: MAX_TILES + 1 }, (_, count) => [
      [count, false],
      [count, true],
    ]).flat() as [number, boolean][],
  )('%i tiles, screen %s: all inside, none over another', (count, hasScreen) => {
    const { screen, tiles } = layOut(count, hasScreen);
    expect([tiles.length, screen !== undefined]).toEqual([count, hasScreen]);
    const boxes = [...tiles, ...(screen ? [screen] : [])].flatMap(({ label, picture }) => [label, picture]);
    expect(boxes.filter((box) => !inside(box))).toEqual([]);
    for (const [index, box] of boxes.entries()) {
      expect(boxes.slice(index + 1).filter((other) => overlap(box, other))).toEqual([]);
    }
  });

  test('a shared screen is far larger than a person beside it', () => {
    const { screen, tiles } = layOut(4, true);
    expect(screen?.picture.width).toBeGreaterThan(3 * (tiles[0]?.picture.width ?? 0));
  });
});

describe('scenes', () => {
  const cut = (...files: Parameters<typeof sampleFile>[1][]) =>
    scenesOf(sampleManifest(1, { files: files.map((changes, index) => sampleFile(`p-${index}`, changes)) }));

  test('begin with the recording, follow each other, and change with who is there', () => {
    const scenes = cut(
      { startOffsetMs: 1000, durationMs: 4000 },
      { startOffsetMs: 2000, durationMs: 1000, source: 'screen' },
      { startOffsetMs: 7000, durationMs: 1000 },
    );
    expect(
      scenes.map(({ fromFrame, screen, tiles, toFrame }) => [
        fromFrame,
        toFrame,
        tiles.length,
        screen?.connectionId,
      ]),
    ).toEqual([
      [0, 25, 0, undefined],
      [25, 50, 1, undefined],
      [50, 75, 1, 'p-1'],
      [75, 125, 1, undefined],
      [125, 175, 0, undefined],
      [175, 200, 1, undefined],
    ]);
  });

  test('of two shared screens the later one is large', () => {
    const [, second] = cut(
      { startOffsetMs: 0, durationMs: 4000, source: 'screen' },
      { startOffsetMs: 2000, durationMs: 2000, source: 'screen' },
    );
    expect([second?.screen?.connectionId, second?.tiles.length]).toEqual(['p-1', 1]);
  });

  test('long ones are made in parts, empty files and recordings make none', () => {
    expect(cut({ startOffsetMs: 0, durationMs: 700_000 }).map(({ toFrame }) => toFrame)).toEqual([
      7500, 15_000, 17_500,
    ]);
    expect(cut({ startOffsetMs: 5, durationMs: 0 })).toEqual([]);
    expect(cut()).toEqual([]);
  });
});

describe('names', () => {
  const plain: LabelFont = {
    path: 'DejaVuSans.ttf',
    ranges: [
      [0x20, 0x58f],
      [0x2026, 0x2026],
    ],
  };
  const cjk: LabelFont = {
    path: 'NotoSansCJK-Regular.ttc',
    ranges: [
      [0x20, 0x24f],
      [0x2026, 0x2026],
      [0x4e00, 0x9fff],
    ],
  };
  const text = (personName: string, fonts: readonly LabelFont[], heights = 20) =>
    labelText(sampleFile('a', { personName }), 3, fonts, heights);

  test.each([
    ['Alice', [cjk, plain], 'Alice', plain],
    ['李小明', [plain, cjk], '李小明', cjk],
    ['李小明', [plain], 'Person 3', plain],
    ['Li 李', [plain], 'Li', plain],
    ['Li 李', [plain, cjk], 'Li 李', cjk],
    ['Дмитрий', [cjk, plain], 'Дмитрий', plain],
    ['\u202eevil\u200b', [plain], 'evil', plain],
  ])('%j with %j is written %j', (name, fonts, shown, font) =>
    expect(text(name, fonts)).toEqual({ text: shown, font }),
  );

  test('are cut to their tile, wide letters counting more', () => {
    expect(text('A name of many letters', [plain], 6)?.text).toBe('A name of…');
    expect(text('王小明的很长的名字', [cjk], 6)?.text).toBe('王小明的很…');
  });

  test('without fontconfig take fonts whose letters are known, and Droid’s fallback is none; none where there is none', async () => {
    const folder = await temporaryFolder();
    const found = (folders: string[]) => labelFonts({ folders, fcList: join(folder, 'no-fc-list') });
    expect(await found([folder, join(folder, 'nowhere')])).toEqual([]);
    for (const name of ['DejaVuSans.ttf', 'DroidSansFallbackFull.ttf', 'Unheard.ttf'])
      await writeFile(join(folder, name), '');
    await mkdir(join(folder, 'noto'));
    await writeFile(join(folder, 'noto/NotoSansCJK-Regular.ttc'), '');
    const fonts = await found([folder]);
    expect(fonts.map(({ path }) => path)).toEqual([
      join(folder, 'DejaVuSans.ttf'),
      join(folder, 'noto/NotoSansCJK-Regular.ttc'),
    ]);
    expect(text('李小明', fonts)?.font).toBe(fonts[1]);
  });
});

test.each([
  ['    I:         -30.0 LUFS', 10],
  ['    I:         -10.0 LUFS', -10],
  ['    I:         -55.0 LUFS', 20],
  ['    I:         -70.0 LUFS', 0],
  ['    I:          -inf LUFS', 0],
  ['', 0],
])('what measures %j is raised by %i dB', (words, gain) => expect(gainFor(words)).toBe(gain));
