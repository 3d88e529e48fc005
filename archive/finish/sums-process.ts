import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { workAsChild } from '#service/child-work.ts';
import { type FileSource, fileSourceSchema, readSource } from '#store/file-source.ts';
import type { Sums } from './sums.ts';

workAsChild<FileSource, Sums>(fileSourceSchema, async (source, tell) => {
  const sum = createHash('sha256');
  let crc = 0;
  for await (const chunk of readSource(source)) {
    sum.update(chunk as Buffer);
    crc = crc32(chunk as Buffer, crc);
  }
  tell({ sha256: sum.digest('hex'), crc32: crc.toString(16).padStart(8, '0') });
});
