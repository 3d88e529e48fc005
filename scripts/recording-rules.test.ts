import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from './setup/places.ts';

const RULE = /\*\*\[([A-Z]+\d+)\]\*\*/g;
const DECISION = /^## \[(D\d+)\] \S/gm;
/** The name of a test, or of a group of tests, that begins with an id. */
const NAME = /(['"`])(\[[A-Z]+\d+\] .*?)\1/g;
/** In the name of a test, in a comment, in a document. */
const CITED = /\[([A-Z]+\d+)\]/g;
/** How a decision could be cited so that nobody finds it: every citation is its number in brackets. */
const UNFINDABLE = /\b(?:[Dd]esign|[Dd]ecisions?),?\s+(?:\*\s+)?(?:D\d|§)|\(D\d+\)/g;

const FOLDERS = '{archive,bench,client,e2e,protocol,recorder,scripts,service,sfu,store}';
const PATTERNS = [`${FOLDERS}/**/*.{ts,tsx,mjs,mts}`, 'docs/*.md', '*.md'];
/** Code and documents; this file has examples of what it looks for. */
const sources = globSync(PATTERNS, { cwd: root }).filter(
  (path) => path !== 'scripts/recording-rules.test.ts',
);

function read(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

function ids(text: string, pattern: RegExp, group = 1): string[] {
  return [...text.matchAll(pattern)].map((match) => match[group] ?? '');
}

/** Everything that the names of tests quote. */
function quotedByTests(): string[] {
  const tests = globSync(`${FOLDERS}/**/*.test.{ts,tsx}`, { cwd: root });
  return tests.flatMap((path) => ids(read(path), NAME, 2)).flatMap((name) => ids(name, CITED));
}

const rules = ids(read('docs/recording.md'), RULE);
const decisions = ids(read('docs/decisions.md'), DECISION);

test('every rule of docs/recording.md is quoted by a test, and every quoted one is a rule', () => {
  const quoted = quotedByTests();
  expect(rules).toEqual([...new Set(rules)]);
  expect(rules.filter((rule) => !quoted.includes(rule))).toEqual([]);
  expect(quoted.filter((id) => ![...rules, ...decisions].includes(id))).toEqual([]);
  expect(rules.length).toBeGreaterThanOrEqual(40);
});

test('all ten promises stand in docs/recording.md', () => {
  expect(rules.filter((id) => /^P\d+$/.test(id))).toEqual(
    Array.from({ length: 10 }, (_, at) => `P${at + 1}`),
  );
});

test('decisions are numbered one after another', () => {
  expect(decisions).toEqual(decisions.map((_, at) => `D${at + 1}`));
});

test('every rule and decision that code or documents cite exists', () => {
  const known = [...rules, ...decisions];
  const families = new Set(known.map((id) => id.replace(/\d+$/, '')));
  const cited = sources
    .flatMap((path) => ids(read(path), CITED).map((id) => ({ id, path })))
    .filter(({ id }) => families.has(id.replace(/\d+$/, '')));
  expect(cited.filter(({ id }) => !known.includes(id))).toEqual([]);
  const inCode = cited.filter(({ id, path }) => decisions.includes(id) && !path.startsWith('docs/'));
  expect(inCode.length).toBeGreaterThanOrEqual(30);
});

test('a decision is cited by its number in brackets, and no document that is not here is cited', () => {
  const found = sources.flatMap((path) => ids(read(path), UNFINDABLE, 0).map((words) => `${path}: ${words}`));
  expect(found).toEqual([]);
  for (const words of ['(design D8)', 'design §4.2', '(design\n * D14)', 'decision D8', '(D8)', 'Design, D2'])
    expect(words.match(UNFINDABLE)).not.toBeNull();
});
