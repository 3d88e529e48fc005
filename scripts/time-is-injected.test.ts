import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from './setup/places.ts';

/** Where the real time may enter (style 9): the clock adapter, the wiring, one adapter of the pages, and a simulation's disk. */
const MAY =
  /^service\/clock\.ts$|(^|\/)main\.tsx?$|^client\/src\/adapters\/[^/]*clock[^/]*\.ts$|^recorder\/testing\/simulation\.ts$/;
/** A socket's own `setTimeout` counts its silence, and is no timer of ours. */
const REAL_TIME =
  /\b(Date\.now|performance\.(now|timeOrigin)|(?<!(browser|socket)\.)setTimeout|setInterval|setImmediate)\b|new Date\(\)/;

/** The lines of a source that read the real time, comments aside. */
function linesWithRealTime(source: string): string[] {
  const code = source.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '$1');
  return code.split('\n').filter((line) => REAL_TIME.test(line));
}

test('the search finds what it looks for', () => {
  const source = `/** Date.now() */\nconst a = Date.now(); // why\n// setTimeout(\nsetTimeout(f, 1);\nconst b = new Date();\nnew Date(0);`;
  expect(linesWithRealTime(source)).toEqual([
    'const a = Date.now(); ',
    'setTimeout(f, 1);',
    'const b = new Date();',
  ]);
});

test('the real time is read by the clock adapter and main.ts alone', () => {
  const files = globSync('{protocol,service,sfu,store,recorder,archive,client/src}/**/*.{ts,tsx}', {
    cwd: root,
  })
    .filter((name) => !/\.test\.tsx?$/.test(name) && !MAY.test(name))
    .sort();
  const found = files.flatMap((name) =>
    linesWithRealTime(readFileSync(join(root, name), 'utf8')).map((line) => `${name}: ${line.trim()}`),
  );
  expect(found).toEqual([]);
});
