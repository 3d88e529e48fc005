import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '#service/clock.ts';
import type { S3Place } from './place.ts';
import type { S3Store } from './s3-store.ts';

/**
 * The store at this place; the SDK is loaded with the first one.
 * @param options.workFolder of this process alone: what a process before it left there of copies is cleared
 */
export async function openS3(
  place: S3Place,
  options: { workFolder: string; minFreeBytes: number; clock: Clock },
): Promise<S3Store> {
  const [{ Bucket }, { COPIES, S3Store }] = await Promise.all([
    import('./bucket.ts'),
    import('./s3-store.ts'),
  ]);
  const { workFolder } = options;
  await mkdir(workFolder, { recursive: true });
  for (const name of await readdir(workFolder)) {
    if (name.startsWith(COPIES)) await rm(join(workFolder, name), { recursive: true });
  }
  return new S3Store({ ...options, bucket: new Bucket(place) });
}
