import type { ManifestFile } from '../../../protocol/manifest.ts';
import type { LabelFont } from './label-font.ts';

/** Where letters begin that fonts for Latin, Greek and Cyrillic lack. */
const FIRST_FOREIGN = 0x0590;
/** Widths of letters against the font's size. */
const WIDE = 1;
const NARROW = 0.56;

const isWide = (letter: string) => (letter.codePointAt(0) ?? 0) >= 0x1100;

/** The name of who is in a tile, in letters that the font has, cut to what fits into so many letter heights. */
export function labelText(file: ManifestFile, number: number, font: LabelFont, heights: number): string {
  const letters = [...file.personName.replaceAll(/\p{Cc}|\p{Cf}/gu, '')];
  const known = font.cjk ? letters : letters.filter((letter) => (letter.codePointAt(0) ?? 0) < FIRST_FOREIGN);
  const name = known.join('').trim() || `Person ${number}`;
  const whole = file.source === 'screen' ? `${name} (screen)` : name;
  return shortened(whole, heights);
}

function shortened(text: string, heights: number): string {
  let width = 0;
  const taken: string[] = [];
  for (const letter of text) {
    width += isWide(letter) ? WIDE : NARROW;
    if (width > heights) return `${taken.slice(0, -1).join('').trimEnd()}…`;
    taken.push(letter);
  }
  return text;
}
