import { expect, test } from 'vitest';
import { readArguments } from './arguments.ts';

test.each([
  [[], { help: false, https: false, watch: false }],
  [['--https'], { help: false, https: true, watch: false }],
  [['--help', '--https'], { help: true, https: true, watch: false }],
  [['-h'], { help: true, https: false, watch: false }],
  [['--watch'], { help: false, https: false, watch: true }],
] as const)('%j', (argv, expected) => {
  expect(readArguments(argv)).toEqual(expected);
});

test.each([['--htps'], ['--https=yes'], ['now'], ['-x']])('%s is refused in words', (word) => {
  expect(() => readArguments(['--https', word])).toThrow(`npm start does not know "${word}".`);
  expect(() => readArguments([word])).toThrow('--help');
});
