import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from './setup/places.ts';
import { processes } from './supervisor/processes.ts';

/** What people start, or the supervisor does; all else is a child of these, with their umask. */
const PROGRAMS = [
  ...processes.map(({ entry }) => entry),
  'scripts/start.ts',
  'scripts/restore.ts',
  'scripts/reindex.ts',
  'scripts/audit-verify.ts',
  'scripts/migrate.ts',
];

test.each(PROGRAMS)('%s makes nothing that others may read: its first import sees to it', (program) => {
  const text = readFileSync(join(root, program), 'utf8');
  expect(/^import .*$/m.exec(text)?.[0]).toBe("import '#service/owner-umask.ts';");
});
