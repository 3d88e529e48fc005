import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Manifest } from '#protocol/manifest.ts';
import { downloadAs } from '../http/download-name.ts';
import { sampleFile, sampleManifest } from '../testing/sample.ts';
import { HumanNames } from './human-name.ts';

const utc = new HumanNames('UTC');

function recordingOf(meeting: string, people: readonly string[]): Manifest {
  const files = people.map((personName, index) => sampleFile(`p-${index}`, { personName }));
  return sampleManifest(1, { meeting: { id: 'm', name: meeting }, files });
}

const namesOf = (meeting: string, people: readonly string[]) => [
  ...utc.each(recordingOf(meeting, people)).values(),
];

/** Names as somebody picks them who wants to do harm: any script, marks, controls, long. */
const hostile = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.string({ unit: 'grapheme', maxLength: 300 }),
  fc.stringMatching(/^[\u202a-\u202e\u2066-\u2069\u200b-\u200f. a-c（）／：]{0,120}$/u),
  fc.constantFrom(
    'CON',
    'nul.',
    '..',
    '.',
    'a (2)',
    'A',
    'a',
    '\u{1f468}\u200d\u{1f469}'.repeat(60),
    '\ud800',
  ),
);

test('whatever people are called, a name fits a file system and holds nothing unseen', () => {
  fc.assert(
    fc.property(hostile, fc.array(hostile, { maxLength: 12 }), (meeting, people) => {
      const names = [...namesOf(meeting, people), utc.whole(recordingOf(meeting, []))];
      for (const name of names) {
        expect(Buffer.byteLength(`${name}.flv`)).toBeLessThanOrEqual(255);
        expect(name).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}"\\/:*?<>|%]|[. ]$/u);
        expect(name).toMatch(/^2026-11-22 10-01-00/);
        expect(name.isWellFormed()).toBe(true);
      }
      const files = namesOf(meeting, people).map((name) => name.normalize('NFD').toLowerCase());
      expect(new Set(files).size).toBe(people.length);
    }),
    { seed: 1, numRuns: 300 },
  );
});

test('a long meeting leaves room for who is in the file', () => {
  const [name = ''] = namesOf('会议'.repeat(60), ['李'.repeat(80)]);
  expect(Buffer.byteLength(name)).toBeGreaterThan(180);
  expect(name).toMatch(/^2026-11-22 10-01-00 (会议)+会? – 李{20}/);
  expect(namesOf('Weekly', ['Ann \u202egpj.exe', 'e\u0301', '\u00e9'])).toEqual([
    '2026-11-22 10-01-00 Weekly – Ann gpj.exe',
    '2026-11-22 10-01-00 Weekly – é',
    '2026-11-22 10-01-00 Weekly – é (2)',
  ]);
});

test('a header carries no more than the name, whatever it is made of', () => {
  fc.assert(
    fc.property(hostile, (meeting) => {
      const header = downloadAs(`${utc.whole(recordingOf(meeting, []))}.zip`);
      expect(header).toMatch(/^attachment; filename="[^"\\%/:*?<>|]*"; filename\*=UTF-8''[\w%.~!$&+^`|-]*$/);
    }),
    { seed: 1, numRuns: 300 },
  );
  // What is put apart into ASCII must not become a path.
  expect(downloadAs('2026 ．．／x：y.zip')).toContain('filename="2026 .._x_y.zip"');
});

/** How long the names of so many take, the best of a few runs. */
function millisecondsFor(people: readonly string[]): number {
  const recording = recordingOf('Weekly', people);
  const runs = Array.from({ length: 3 }, () => {
    const begun = performance.now();
    utc.each(recording);
    return performance.now() - begun;
  });
  return Math.min(...runs);
}

test.each([
  ['all the same', () => 'Alice'],
  ['the numbers that we would give', (index: number) => (index % 2 ? 'Alice' : `Alice (${index})`)],
  ['the same but for what is cut off', (index: number) => `${'x'.repeat(300)}${index}`],
])('ten times as many names take about ten times as long: %s', (_kind, nameOf) => {
  const [few, many] = [1000, 10_000].map((count) =>
    Array.from({ length: count }, (_, index) => nameOf(index)),
  );
  const [once, tenfold] = [millisecondsFor(few ?? []), millisecondsFor(many ?? [])];
  // With a look at every name before, it would be a hundred times.
  expect(tenfold / once).toBeLessThan(40);
});

test('takes of one person and recordings of one meeting on one day are told apart by their time where the archive is', () => {
  const berlin = new HumanNames('Europe/Berlin');
  const takes = [0, 90_000, 90_400].map((startOffsetMs, index) =>
    sampleFile(`alice-${index}`, { startOffsetMs }),
  );
  const [first, second] = [1, 60].map((index) => sampleManifest(index, { files: takes }));
  const names = [first, second].flatMap((one) =>
    one ? [berlin.whole(one), ...berlin.each(one).values()] : [],
  );
  expect(names).toEqual([
    '2026-11-22 11-01-00 Weekly',
    '2026-11-22 11-01-00 Weekly – Alice',
    '2026-11-22 11-02-30 Weekly – Alice',
    '2026-11-22 11-02-30 Weekly – Alice (2)',
    '2026-11-22 12-00-00 Weekly',
    '2026-11-22 12-00-00 Weekly – Alice',
    '2026-11-22 12-01-30 Weekly – Alice',
    '2026-11-22 12-01-30 Weekly – Alice (2)',
  ]);
});
