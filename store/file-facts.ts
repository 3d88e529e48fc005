import type { BigIntStats } from 'node:fs';
import type { FileFacts } from './store.ts';

/** The inode tells a replaced file apart, the time a header patched in place, the size one that grew. */
export function factsOf(stats: BigIntStats): FileFacts {
  const version = [stats.size, stats.mtimeNs, stats.ino].map((part) => part.toString(36)).join('-');
  return { bytes: Number(stats.size), modifiedAtMs: Number(stats.mtimeNs / 1_000_000n), version };
}
