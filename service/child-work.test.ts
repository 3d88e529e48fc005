import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { startWork } from './child-work.ts';

const LIMITS = { niceness: 0, memoryBytes: 64 * 1024 ** 2 };

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'verbatim-work-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** Work done by a process of this text. */
async function workOf(text: string): Promise<number[]> {
  const entry = join(folder, 'entry.mjs');
  await writeFile(entry, text);
  const heard: number[] = [];
  const { over } = startWork({
    ...{ entry, order: {}, limits: LIMITS, signal: new AbortController().signal },
    news: z.number(),
    hear: (news) => heard.push(news),
  });
  await over;
  return heard;
}

test('what a process tells is heard, until it is over', async () => {
  const said =
    'process.send({ news: 1 }); process.send({ news: 2 }); process.send({ over: true }, () => process.disconnect());';
  expect(await workOf(said)).toEqual([1, 2]);
});

test('one that says what nobody understands ends its own work, and nothing else', async () => {
  // NaN, as it arrives.
  const said = 'process.send({ news: null }); process.send({ over: true }); setInterval(() => {}, 1000);';
  await expect(workOf(said)).rejects.toThrow('what nobody understands');
  await expect(workOf('process.send("?"); setInterval(() => {}, 1000);')).rejects.toThrow(
    'what nobody understands',
  );
});
