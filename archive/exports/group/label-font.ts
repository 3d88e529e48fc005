import { readdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { LOWEST_PRIORITY, startChild } from '#service/child.ts';

/** A font file that names can be written with. */
export interface LabelFont {
  path: string;
  /** The letters that it has, from and to, both included. */
  ranges: readonly (readonly [number, number])[];
}

const FOLDERS = [
  '/usr/share/fonts',
  '/usr/local/share/fonts',
  join(homedir(), '.fonts'),
  join(homedir(), '.local/share/fonts'),
  '/System/Library/Fonts',
  '/Library/Fonts',
];
const MAX_FILES = 20_000;
const LIMITS = {
  niceness: LOWEST_PRIORITY,
  memoryBytes: 512 * 1024 ** 2,
  cpuSeconds: 30,
  wallMs: 300_000,
  fileBytes: 0,
};

/** What is sure of a font that nobody can be asked about. Droid's fallback has no Latin, in spite of its name: it is none of them. */
const LATIN_GREEK_CYRILLIC = [[0x20, 0x58f]] as const;
const FOR_SURE: readonly (readonly [RegExp, LabelFont['ranges']])[] = [
  [
    /SansCJK.*Regular|SourceHanSans/,
    [
      [0x20, 0x24f],
      [0x1100, 0x11ff],
      [0x3000, 0x9fff],
      [0xac00, 0xd7a3],
    ],
  ],
  [
    /^wqy-|PingFang/,
    [
      [0x20, 0x24f],
      [0x3000, 0x9fff],
    ],
  ],
  [/^(DejaVuSans|NotoSans-Regular|LiberationSans-Regular|Arial)\.ttf$/, LATIN_GREEK_CYRILLIC],
];
/** Which are read best, of those that have the same letters of a name. */
const PREFERRED = [
  /^DejaVuSans\.ttf$/,
  /^NotoSans-Regular/,
  /^NotoSansCJK-Regular/,
  /^NotoSans\w*-Regular/,
  /Sans/,
  /./,
];
const SPECIAL = /Bold|Italic|Oblique|Light|Thin|Black|Medium|Condensed|Narrow|Mono|Serif|Coding|Math/;
/** Their letters are pictures of one size, which ffmpeg does not draw in another. */
const PICTURES = /emoji/i;
/** ffmpeg joins Arabic letters by the forms that Unicode has for them: a font without these has none of them for us. */
const ARABIC_FORMS = [0xfe8e, 0xfedf, 0xfee4];

/** All fonts that names can be written with, by fontconfig; without it those that are known by their names. */
export async function labelFonts(
  options: { folders?: readonly string[]; fcList?: string } = {},
): Promise<LabelFont[]> {
  const told = await fontsOfFontconfig(options.fcList ?? 'fc-list');
  if (told.length > 0) return told;
  const fonts: LabelFont[] = [];
  for (const folder of options.folders ?? FOLDERS) {
    for (const path of await fontFiles(folder)) {
      const ranges = FOR_SURE.find(([name]) => name.test(basename(path)))?.[1];
      if (ranges) fonts.push({ path, ranges });
    }
  }
  return fonts;
}

/** Whether this ffmpeg was built with the filter that writes text. */
export async function drawsText(ffmpeg: string): Promise<boolean> {
  return /\sdrawtext\s/.test(await outputOf(ffmpeg, ['-hide_banner', '-filters']));
}

/** Whether a letter shows in it, and not a box. */
export const shows = (font: LabelFont, letter: string): boolean => has(font, letter.codePointAt(0) ?? 0);

/** The one that has most of these letters; of several that have as many the one that has most of `also`, then the plainest. */
export function fontFor(letters: string, also: string, fonts: readonly LabelFont[]): LabelFont | undefined {
  const counted = (font: LabelFont, some: string) =>
    [...new Set(some)].filter((letter) => shows(font, letter)).length;
  const rated = fonts.map((font) => ({ font, wanted: counted(font, letters), also: counted(font, also) }));
  rated.sort(
    (one, other) =>
      other.wanted - one.wanted || other.also - one.also || plainness(one.font) - plainness(other.font),
  );
  return rated[0]?.font;
}

function plainness({ path }: LabelFont): number {
  const name = basename(path);
  return PREFERRED.findIndex((pattern) => pattern.test(name)) + (SPECIAL.test(name) ? PREFERRED.length : 0);
}

function has({ ranges }: LabelFont, code: number): boolean {
  const isIn = (one: number) => ranges.some(([from, to]) => from <= one && one <= to);
  const isArabic = code >= 0x0621 && code <= 0x06d3;
  return isIn(code) && (!isArabic || ARABIC_FORMS.every(isIn));
}

/** A line of fc-list for each face: its file, which of the file's faces it is, its letters in hexadecimal. */
async function fontsOfFontconfig(program: string): Promise<LabelFont[]> {
  const told = await outputOf(program, ['-f', '%{file}\\t%{index}\\t%{charset}\\n']);
  const lines = told.split('\n').slice(0, MAX_FILES).sort();
  return lines.flatMap((line) => {
    const [path = '', index, letters = ''] = line.split('\t');
    // ffmpeg takes the first face of a file.
    if (index !== '0' || !isFontFile(path) || PICTURES.test(path)) return [];
    return [{ path, ranges: letters.split(' ').filter(Boolean).map(parseRange) }];
  });
}

async function outputOf(program: string, args: readonly string[]): Promise<string> {
  const child = startChild(program, args, { limits: LIMITS, stdio: 'pipe' });
  child.stdin.destroy();
  child.stderr.resume();
  return text(child.stdout);
}

function parseRange(words: string): readonly [number, number] {
  const [from = '', to = from] = words.split('-');
  return [Number.parseInt(from, 16), Number.parseInt(to, 16)];
}

const isFontFile = (path: string) => /\.(ttf|ttc|otf)$/i.test(path);

async function fontFiles(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile() && isFontFile(entry.name))
      .slice(0, MAX_FILES)
      .map(({ name, parentPath }) => join(parentPath, name))
      .sort();
  } catch (cause) {
    if (['ENOENT', 'EACCES', 'ENOTDIR'].includes((cause as NodeJS.ErrnoException).code ?? '')) return [];
    throw cause;
  }
}
