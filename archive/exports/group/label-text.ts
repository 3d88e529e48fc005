import type { ManifestFile } from '#protocol/manifest.ts';
import { fontFor, type LabelFont, shows } from './label-font.ts';

/** Widths of letters against the font's size. */
const WIDE = 1;
const NARROW = 0.56;
const SCREEN = ' (screen)';
const CUT = '…';

const isWide = (letter: string) => (letter.codePointAt(0) ?? 0) >= 0x1100;

/**
 * The name of who is in a tile, cut to what fits into so many letter heights, and the font that has most of its letters. Those
 * that it lacks are left out, or stand without their accents: nobody reads boxes. Of whom nothing is left is `Person 3`.
 */
export function labelText(
  file: ManifestFile,
  number: number,
  fonts: readonly LabelFont[],
  heights: number,
): { text: string; font: LabelFont } | undefined {
  const asked = file.personName.replaceAll(/\p{Cc}|\p{Cf}/gu, '');
  const ours = file.source === 'screen' ? SCREEN + CUT : CUT;
  const font = fontFor(asked.replaceAll(' ', ''), ours, fonts);
  if (!font) return undefined;
  const known = shown(asked, font);
  if (known === '') return numbered(file, number, fonts, heights);
  return { text: labelled(file, known, font, heights), font };
}

function numbered(file: ManifestFile, number: number, fonts: readonly LabelFont[], heights: number) {
  const name = `Person ${number}`;
  const font = fontFor(name, SCREEN + CUT, fonts);
  return font && { text: labelled(file, shown(name, font), font, heights), font };
}

/** What a font has of a text. */
function shown(text: string, font: LabelFont): string {
  const letters = [...text].map((letter) => {
    if (letter === ' ' || shows(font, letter)) return letter;
    const [plain = ''] = letter.normalize('NFKD');
    return plain && shows(font, plain) ? plain : '';
  });
  return letters.join('').replaceAll(/ +/g, ' ').trim();
}

function labelled(file: ManifestFile, name: string, font: LabelFont, heights: number): string {
  const isTold = file.source === 'screen' && shown(SCREEN, font) === SCREEN.trim();
  return shortened(isTold ? name + SCREEN : name, shown(CUT, font), heights);
}

function shortened(text: string, cut: string, heights: number): string {
  let width = 0;
  const taken: string[] = [];
  for (const letter of text) {
    width += isWide(letter) ? WIDE : NARROW;
    if (width > heights) return `${taken.slice(0, -1).join('').trimEnd()}${cut}`;
    taken.push(letter);
  }
  return text;
}
