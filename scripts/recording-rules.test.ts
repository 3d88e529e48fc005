import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from './setup/places.ts';

const RULE = /\*\*\[([A-Z]+\d+)\]\*\*/g;
/** Promises of the product and decisions of its design are proved all over it, not by capture alone. */
const PROMISE = /^[PD]\d+$/;
/** At the beginning of the name of a test, or of a group of tests. */
const QUOTED = /['"`]\[([A-Z]+\d+)\] /g;

function ids(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].map(([, id]) => id ?? '');
}

test('every rule of docs/recording.md is quoted by a test, and every quoted one is a rule', () => {
  const rules = ids(readFileSync(join(root, 'docs/recording.md'), 'utf8'), RULE);
  const tests = globSync('{service,sfu,recorder,e2e}/**/*.test.{ts,tsx}', { cwd: root });
  const quoted = tests.flatMap((path) => ids(readFileSync(join(root, path), 'utf8'), QUOTED));
  expect(rules).toEqual([...new Set(rules)]);
  expect(rules.filter((rule) => !quoted.includes(rule))).toEqual([]);
  expect(quoted.filter((id) => !rules.includes(id) && !PROMISE.test(id))).toEqual([]);
  expect(rules.length).toBeGreaterThanOrEqual(40);
});
