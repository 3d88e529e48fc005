import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, test } from 'vitest';
import { decodingArguments } from '#scripts/testing/decoding-arguments.ts';
import type { FlvTag } from './flv-reader.ts';
import { metadataOf, repaired, tagsOf } from './testing/file-in-memory.ts';
import { makeFile } from './testing/two-sizes.ts';

const FFMPEG = process.env.FFMPEG_PATH ?? 'ffmpeg';
const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), 'verbatim-flv-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('[FLV8] repair', () => {
  const cutOff = makeFile({ finish: false });

  test('a file that was not finished gets the same bytes as if it had been', async () => {
    expect((await repaired(cutOff))?.equals(makeFile())).toBe(true);
  });

  test('cut at any byte of its end, it is whole up to the last tag before the cut', async () => {
    const tags = await tagsOf(cutOff);
    for (let length = cutOff.length - 3000; length < cutOff.length; length += 7) {
      const whole = await repaired(cutOff.subarray(0, length));
      const expected = tags.filter((tag) => tag.end <= length).length;
      const found = await tagsOf(whole ?? Buffer.alloc(0));
      expect(found).toHaveLength(expected);
      expect(metadataOf(found[0]).filesize).toBe(found.at(-1)?.end);
    }
  });

  test('bytes that turned to zeros at the end (a power cut) are cut off', async () => {
    const torn = Buffer.concat([cutOff.subarray(0, -500), Buffer.alloc(4000)]);
    const path = join(folder, 'torn.flv');
    writeFileSync(path, (await repaired(torn)) ?? '');
    const { stderr } = await run(FFMPEG, decodingArguments(path, 'warning'));
    expect(stderr).toBe('');
  });

  test('metadata that were overwritten in part (a power cut) cost nothing but themselves', async () => {
    const whole = makeFile();
    const { offset } = (await tagsOf(whole))[0] as FlvTag;
    // All that differs lies in here, the index among it.
    for (let at = offset; at < offset + 1200; at += 5) {
      const torn = Buffer.concat([whole.subarray(0, at), cutOff.subarray(at)]);
      expect((await repaired(torn))?.equals(whole)).toBe(true);
    }
  });

  test('a file without media, or one that is not FLV at all, is left alone', async () => {
    for (const file of [
      Buffer.alloc(0),
      cutOff.subarray(0, 5),
      cutOff.subarray(0, 100),
      Buffer.from('not an flv file at all'),
    ]) {
      expect(await repaired(file)).toBeUndefined();
    }
  });
});
