import { expect, test } from 'vitest';
import { Fault } from '#protocol/errors.ts';
import { faultOf, MAX_MEDIA_FAILURES, MAX_RETRY_MS, NextFile, RETRY_MS } from './next-file.ts';

/** Delays between a file's end and the next file, as long as each ends at once. */
function delays(code: 'file-failed' | 'disk-full', count: number): number[] {
  const next = new NextFile(0);
  const seen: number[] = [];
  let atMs = 0;
  while (seen.length < count) {
    let delayMs = 0;
    while (!next.isDue({ atMs, code }, atMs + delayMs)) {
      delayMs += RETRY_MS;
      if (delayMs > 2 * MAX_RETRY_MS) return seen;
    }
    next.begun({ atMs, code }, atMs + delayMs);
    atMs += delayMs;
    seen.push(delayMs);
  }
  return seen;
}

test('[FILE6] the next file comes twice as late each time, for a disk without end', () => {
  const seen = delays('disk-full', 20);
  expect(seen.slice(0, 4)).toEqual([RETRY_MS, 2 * RETRY_MS, 4 * RETRY_MS, 8 * RETRY_MS]);
  expect(seen).toHaveLength(20);
  expect(seen.at(-1)).toBe(MAX_RETRY_MS);
});

test('[FILE11] what is sent ends so many files one after another, no more; after a long life it counts anew', () => {
  expect(delays('file-failed', 100)).toHaveLength(MAX_MEDIA_FAILURES - 1);
  const next = new NextFile(0);
  const dayMs = 86_400_000;
  for (let day = 1; day < 20; day += 1) {
    const failure = { atMs: day * dayMs, code: 'file-failed' } as const;
    expect(next.isDue(failure, day * dayMs + RETRY_MS)).toBe(true);
    next.begun(failure, day * dayMs + RETRY_MS);
  }
});

test('what was foreseen keeps its words, the rest is not shown as it is', () => {
  expect(faultOf(new Fault('file-too-fast')).code).toBe('file-too-fast');
  expect(faultOf(new TypeError('x is undefined'))).toMatchObject({ code: 'file-failed' });
  expect(faultOf(new TypeError('x is undefined')).message).not.toContain('undefined');
  expect(faultOf('thrown')).toMatchObject({ code: 'file-failed' });
  const full = Object.assign(new Error('ENOSPC: no space left'), { code: 'ENOSPC', syscall: 'write' });
  expect(faultOf(full)).toMatchObject({ code: 'disk-full', message: 'ENOSPC: no space left' });
});
