import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from './setup/places.ts';

/** `path/of.test.ts`: the test's name, as it stands in the file. */
const PROOF = /^`([\w./-]+\.test\.tsx?)`: (.+)$/;

function rowsOf(document: string): string[][] {
  const [, threats = ''] = document.split('\n## Threats\n');
  const [table = ''] = threats.split('\n## ');
  return [...table.matchAll(/^\| (.+) \|$/gm)]
    .map(([, cells = '']) => cells.split(' | '))
    .filter(([who]) => who !== 'who');
}

test('every threat of docs/security.md names a test that there is', () => {
  const rows = rowsOf(readFileSync(join(root, 'docs/security.md'), 'utf8'));
  const unproved = rows.filter((cells) => {
    const [, path, name] = PROOF.exec(cells[3] ?? '') ?? [];
    if (cells.length !== 4 || path === undefined || name === undefined) return true;
    return !existsSync(join(root, path)) || !readFileSync(join(root, path), 'utf8').includes(name);
  });
  expect(unproved).toEqual([]);
  expect(rows.length).toBeGreaterThanOrEqual(100);
});
