/** Longer runs of characters are found by their pieces of so many. */
const LONGEST = 3;

/** What a text can be found by: each run of one, two and three characters in it, as a number. */
export function gramsOf(text: string): number[] {
  const characters = [...text];
  const grams = new Set<number>();
  for (let length = 1; length <= LONGEST; length += 1) {
    for (let from = 0; from + length <= characters.length; from += 1) {
      grams.add(hash(characters.slice(from, from + length)));
    }
  }
  return [...grams];
}

/** What every text has that this word is in; others may have all of it too. */
export function gramsOfWord(word: string): number[] {
  const characters = [...word];
  const length = Math.min(LONGEST, characters.length);
  const starts = [...Array(characters.length - length + 1).keys()];
  return [...new Set(starts.map((from) => hash(characters.slice(from, from + length))))];
}

/** FNV-1a, 32 bits, over code points. */
function hash(characters: readonly string[]): number {
  let sum = 0x811c_9dc5;
  for (const character of characters) sum = Math.imul(sum ^ (character.codePointAt(0) ?? 0), 0x0100_0193);
  return sum | 0;
}
