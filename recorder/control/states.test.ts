import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');

/** The names of a union's states, as its type has them. */
function statesOf(path: string, type: string): string[] {
  const [, union = ''] = read(path).match(new RegExp(`^type ${type} =\\n(.*?);\\n\\n`, 'ms')) ?? [];
  return [...union.matchAll(/\{ is: '([a-z]+)'/g)].map(([, name]) => name as string);
}

test.each([
  ['recording', 'recorder/control/recording-session.ts', 'State'],
  ["file's disk", 'recorder/file/file-on-disk.ts', 'Disk'],
  ['take', 'recorder/file/take.ts', 'State'],
  ["file's fate", 'recorder/file/recorded-file.ts', 'Fate'],
])('docs/architecture.md has every state of a %s', (name, path, type) => {
  const rows = read('docs/architecture.md').matchAll(/^\| ([^|]+) \| `([a-z]+)` \|/gm);
  const told = [...rows].flatMap(([, of, state]) => (of === name ? [state] : []));
  expect(told.length).toBeGreaterThan(1);
  expect(told).toEqual(statesOf(path, type));
});
