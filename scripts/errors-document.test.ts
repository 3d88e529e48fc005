import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { errors } from '#protocol/errors.ts';
import { root } from './setup/places.ts';

test('docs/errors.md lists exactly the codes of protocol/errors.ts, with their words', () => {
  const rows = [
    ...readFileSync(join(root, 'docs/errors.md'), 'utf8').matchAll(/^\| `([a-z-]+)` \| (\d+) \| (.+) \|$/gm),
  ];
  const listed = rows.map(([, code, status, message]) => [code, { status: Number(status), message }]);
  expect(Object.fromEntries(listed)).toEqual(errors);
  expect(listed.map(([code]) => code)).toEqual(Object.keys(errors));
});
