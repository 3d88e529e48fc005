/** The longest name that common file systems take, in UTF-8; NTFS counts UTF-16 units, of which there are never more. */
export const MAX_NAME_BYTES = 255;

/** What no file system or header takes. */
const UNSAFE = /[\p{Cc}"\\/:*?<>|%]/gu;
/**
 * What is not seen: marks that turn the direction, so that `gpj.exe` reads as `exe.jpg`, joiners, tags, separators of lines,
 * and what is no letter at all.
 */
const UNSEEN = /[\p{Cf}\p{Co}\p{Zl}\p{Zp}\p{Noncharacter_Code_Point}]/gu;

/** Text as it may stand in a file's name: composed, so that what looks the same is the same. */
export function cleaned(text: string): string {
  return text.toWellFormed().normalize('NFC').replaceAll(UNSAFE, '_').replaceAll(UNSEEN, '');
}

/** As much of it, in whole characters, as so many bytes of UTF-8 hold, without the dots and spaces at its end that Windows drops. */
export function shortened(text: string, maxBytes: number): string {
  let bytes = 0;
  let end = 0;
  let kept = 0;
  for (const character of text) {
    bytes += Buffer.byteLength(character);
    if (bytes > maxBytes) break;
    end += character.length;
    if (!/[.\s]/u.test(character)) kept = end;
  }
  return text.slice(0, kept);
}
