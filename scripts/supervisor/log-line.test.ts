import { expect, test } from 'vitest';
import { readableLine, readableLog } from './log-line.ts';

test.each([
  [
    '{"level":40,"time":1790000000123,"service":"sfu","pid":17,"why":"it died","msg":"worker-died"}',
    '14:13:20.123 sfu      warn  worker-died pid=17 why="it died"',
  ],
  [
    '{"level":30,"time":1790000000123,"msg":"listening","list":[1]}',
    '14:13:20.123 sfu      info  listening list=[1]',
  ],
  ['{"level":30', 'sfu      {"level":30'],
  ['{"no":"log"}', 'sfu      {"no":"log"}'],
  ['plain words', 'sfu      plain words'],
])('%s', (line, readable) => {
  expect(readableLine('sfu', line)).toBe(readable);
});

test('an error keeps its stack', () => {
  const line = JSON.stringify({
    level: 50,
    time: 1790000000123,
    msg: 'failed',
    err: { stack: 'Error: x\n  at y' },
  });
  expect(readableLine('sfu', line)).toBe('14:13:20.123 sfu      error failed\nError: x\n  at y');
});

test('the supervisor’s own lines have the same form', () => {
  const lines: string[] = [];
  readableLog(
    'start',
    () => 1790000000123,
    (line) => lines.push(line),
  ).error('process-died', { process: 'sfu' });
  expect(lines).toEqual(['14:13:20.123 start    error process-died process=sfu']);
});
