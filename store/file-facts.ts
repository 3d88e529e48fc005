import type { BigIntStats } from 'node:fs';

/** What can be known of a file without reading it. */
export interface FileFacts {
  bytes: number;
  modifiedAtMs: number;
  /** Differs whenever the content may differ; safe inside an ETag. */
  version: string;
}

/** The inode tells a replaced file apart, the time a header patched in place, the size one that grew. */
export function factsOf(stats: BigIntStats): FileFacts {
  const version = [stats.size, stats.mtimeNs, stats.ino].map((part) => part.toString(36)).join('-');
  return { bytes: Number(stats.size), modifiedAtMs: Number(stats.mtimeNs / 1_000_000n), version };
}
