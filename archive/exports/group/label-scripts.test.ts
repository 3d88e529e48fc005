import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { FFMPEG } from '../../testing/make-flv.ts';
import { sampleFile, temporaryFolder } from '../../testing/sample.ts';
import { type LabelFont, labelFonts } from './label-font.ts';
import { labelText } from './label-text.ts';

/** Of the tests' packages (scripts/setup/test-programs.ts): one that has no Latin, and one each for what DejaVu lacks. */
const NEEDED = ['DejaVuSans.ttf', 'DroidSansFallbackFull.ttf', 'NanumGothic.ttf', 'Loma.ttf'];

/** Only those, whatever else this machine has. */
async function testFonts(): Promise<LabelFont[]> {
  const all = await labelFonts();
  const fonts = NEEDED.flatMap((name) => all.find(({ path }) => basename(path) === name) ?? []);
  const missing = NEEDED.filter((name) => !fonts.some(({ path }) => basename(path) === name));
  if (missing.length > 0) throw new Error(`fonts are missing for this test: ${missing.join(', ')}`);
  return fonts;
}

/** The pixels of a text as ffmpeg writes it. */
async function drawn(text: string, font: string, shaped = true): Promise<string> {
  const textFile = join(await temporaryFolder(), 'text');
  await writeFile(textFile, text);
  const draw = `drawtext=fontfile=${font}:textfile=${textFile}:expansion=none:fontsize=24:fontcolor=white:x=4:y=4`;
  const filter = `${draw}:text_shaping=${shaped ? 1 : 0},format=gray`;
  const source = ['-v', 'error', '-f', 'lavfi', '-i', 'color=c=black:s=320x40', '-vf', filter];
  const { stdout } = await promisify(execFile)(FFMPEG, [...source, '-frames:v', '1', '-f', 'rawvideo', '-'], {
    encoding: 'buffer',
  });
  return stdout.toString('base64');
}

test.each([
  ['Zoë Ångström', 'DejaVuSans.ttf'],
  ['Дмитрий', 'DejaVuSans.ttf'],
  ['Ωμέγα', 'DejaVuSans.ttf'],
  ['محمد علي', 'DejaVuSans.ttf'],
  ['דוד לוי', 'DejaVuSans.ttf'],
  ['김철수', 'NanumGothic.ttf'],
  ['สมชาย ใจดี', 'Loma.ttf'],
  ['张伟', 'DroidSansFallbackFull.ttf'],
])('%s is written in letters that %s has: no box among them', async (name, expected) => {
  const label = labelText(sampleFile('a', { personName: name }), 1, await testFonts(), 40);
  expect(label?.text).toBe(name);
  const path = label?.font.path ?? '';
  expect(basename(path)).toBe(expected);
  // U+0378 is no letter: this is how the font shows what it lacks.
  const box = await drawn('\u0378', path);
  for (const letter of new Set(name.replaceAll(' ', '')))
    expect(await drawn(letter, path), letter).not.toBe(box);
});

test('Hebrew runs from right to left, and Arabic letters are joined', async () => {
  const path = (await testFonts())[0]?.path ?? '';
  expect(await drawn('דוד לו', path)).toBe(await drawn('ול דוד', path, false));
  // As Unicode writes the four joined forms of the name, last one first.
  expect(await drawn('محمد', path)).toBe(await drawn('\ufeaa\ufee4\ufea4\ufee3', path, false));
});

test('what no font has is left out, or stands without its accents; of whom nothing is left is a number', async () => {
  const [dejaVu] = await testFonts();
  const text = (personName: string, source: 'camera' | 'screen' = 'camera') =>
    labelText(sampleFile('a', { personName, source }), 3, dejaVu ? [dejaVu] : [], 40)?.text;
  expect(text('김철수')).toBe('Person 3');
  expect(text('Kim 김철수')).toBe('Kim');
  expect(text('김철수', 'screen')).toBe('Person 3 (screen)');
  expect(text('Ａlice')).toBe('Alice');
  expect(labelText(sampleFile('a'), 3, [], 40)).toBeUndefined();
});

test('a font without Latin gives its screen no word in boxes', async () => {
  const thai = (await testFonts()).filter(({ path }) => basename(path) === 'DroidSansFallbackFull.ttf');
  const label = labelText(sampleFile('a', { personName: '李小明', source: 'screen' }), 1, thai, 40);
  expect(label?.text).toBe('李小明');
});
