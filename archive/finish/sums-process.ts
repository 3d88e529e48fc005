import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { crc32 } from 'node:zlib';
import { z } from 'zod';
import { workAsChild } from '#service/child-work.ts';
import type { Sums } from './sums.ts';

workAsChild<string, Sums>(z.string(), async (path, tell) => {
  const sum = createHash('sha256');
  let crc = 0;
  for await (const chunk of createReadStream(path)) {
    sum.update(chunk as Buffer);
    crc = crc32(chunk as Buffer, crc);
  }
  tell({ sha256: sum.digest('hex'), crc32: crc.toString(16).padStart(8, '0') });
});
