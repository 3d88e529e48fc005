import { expect, test } from 'vitest';
import { FlvBatches } from './flv-batches.ts';

const FILE_HEADER = new Uint8Array(13);
const [SCRIPT, AUDIO, VIDEO] = [18, 8, 9];

/** As the letters say: a and v are samples, o is Opus, O its header, h is a sequence header, m is metadata. */
function tags(letters: string): Uint8Array {
  return join([...letters].map(tag));
}

function tag(letter: string): Uint8Array {
  const type = letter === 'm' ? SCRIPT : 'aoO'.includes(letter) ? AUDIO : VIDEO;
  const flags = letter === 'o' ? 0x91 : letter === 'O' ? 0x90 : 0x17;
  const body = [flags, letter === 'h' ? 0 : 1, ...new Array(10).fill(letter.charCodeAt(0))];
  return Uint8Array.from([
    type,
    0,
    0,
    body.length,
    ...new Array(7).fill(0),
    ...body,
    0,
    0,
    0,
    11 + body.length,
  ]);
}

const TAG_BYTES = tag('a').length;

function join(parts: Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

/** What mpegts.js finds in them: a tag of an unknown type is shown as a dot. */
function letters(bytes: Uint8Array): string {
  const starts = Array.from({ length: bytes.length / TAG_BYTES }, (_, at) => at * TAG_BYTES);
  return starts.map((at) => (bytes[at] === 0 ? '.' : String.fromCharCode(bytes[at + 13] ?? 0))).join('');
}

test('a file comes out as it went in, whatever the pieces, but for what remains alone at its end', () => {
  const file = join([FILE_HEADER, tags('mhavavaavhvvaa')]);
  for (let size = 1; size < 100; size += 1) {
    const batches = new FlvBatches(0);
    const out: Uint8Array[] = [];
    for (let at = 0; at < file.length; at += size) out.push(batches.add(file.slice(at, at + size)));
    const whole = join([...out, batches.end()]);
    expect(whole.length).toBe(file.length);
    expect(letters(whole.slice(FILE_HEADER.length))).toMatch(/^mhavavaavhv[v.]a[a.]$/);
  }
});

test.each([
  ['a single picture waits for the next', ['aav', 'v'], ['', 'aavv']],
  ['a single frame of sound waits for the next', ['vva', 'v', 'a'], ['', '', 'vvava']],
  ['one kind alone is handed on', ['vv', 'aa', 'm'], ['vv', 'aa', 'm']],
  ['a picture waits that is single since a sequence header', ['vvhv', 'v'], ['', 'vvhvv']],
  ['and so does a frame of sound', ['aahavv', 'a'], ['', 'aahavva']],
  ['a single packet of Opus waits for the next', ['Ovvo', 'o'], ['', 'Ovvoo']],
  ['before a sequence header a single one keeps company with the next', ['vhv'], ['vhv']],
])('%s', (_what, pieces, expected) => {
  const batches = new FlvBatches(5000);
  expect(pieces.map((piece) => letters(batches.add(tags(piece))))).toEqual(expected);
});

test.each([
  ['a single picture at the end is left out', 'aav', 'aa.'],
  ['each kind by itself', 'av', '..'],
  ['only the last of several', 'vvhv', 'vvh.'],
  ['as many as it takes', 'vvhvhv', 'vvh.h.'],
])('%s', (_what, rest, expected) => {
  const batches = new FlvBatches(5000);
  expect(letters(batches.add(tags(rest)))).toBe('');
  expect(letters(batches.end())).toBe(expected);
});

test('what is no whole tag waits for the rest of it', () => {
  const batches = new FlvBatches(5000);
  const bytes = tags('aaa');
  expect(letters(batches.add(bytes.slice(0, TAG_BYTES * 2 + 5)))).toBe('aa');
  expect(batches.add(bytes.slice(TAG_BYTES * 2 + 5)).length).toBe(0);
});
