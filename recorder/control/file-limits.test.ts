import { expect, test } from 'vitest';
import { FILE_LIMITS, FileLimits } from './file-limits.ts';

test('files of one person are bounded, and everybody’s first one has its place', () => {
  const words: string[] = [];
  const limits = new FileLimits([], (said) => words.push(said));
  const begin = (who: string, times: number) => {
    for (let time = 0; time < times; time += 1) limits.begin(who, who);
  };
  const most = FILE_LIMITS.own + FILE_LIMITS.each;
  begin('mallory', most);
  for (let time = 0; time < 3; time += 1) {
    expect(() => begin('mallory', 1)).toThrow(expect.objectContaining({ code: 'recording-full' }));
  }
  expect(words).toEqual([expect.stringContaining('mallory')]);
  for (let other = 1; other < FILE_LIMITS.common / FILE_LIMITS.each; other += 1) begin(`m-${other}`, most);
  begin('pat', FILE_LIMITS.own);
  expect(() => begin('pat', 1)).toThrow(expect.objectContaining({ code: 'recording-full' }));
});
