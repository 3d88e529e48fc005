import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, inject, vi } from 'vitest';
import type {} from '#scripts/testing/s3-folder.ts';
import type { S3Place } from '../s3/place.ts';

/** A slow machine that does other things takes its time to load it. */
const START_MS = 90_000;
const CREDENTIALS = { accessKeyId: 'test:tester', secretAccessKey: 'testing' };

/** A bucket of its own on the S3 engine of this run of tests, which is started with the first one. */
export async function testBucket(): Promise<S3Place> {
  const endpoint = await startEngine();
  const bucket = `test-${randomBytes(8).toString('hex')}`;
  const place = { bucket, prefix: 'verbatim/', endpoint, region: 'us-east-1', credentials: CREDENTIALS };
  const { CreateBucketCommand, S3Client } = await import('@aws-sdk/client-s3');
  const client = new S3Client({ ...place, forcePathStyle: true });
  await client.send(new CreateBucketCommand({ Bucket: bucket }));
  client.destroy();
  return place;
}

/** @returns where it answers */
async function startEngine(): Promise<string> {
  const { folder, owner } = inject('s3');
  // Whoever makes this folder starts it for all.
  const isFirst = await mkdir(join(folder, 'begun')).then(
    () => true,
    () => false,
  );
  if (isFirst) {
    const script = join(import.meta.dirname, 's3-engine.py');
    const options = { detached: true, stdio: 'ignore' } as const;
    spawn('/usr/bin/python3', [script, folder, String(owner)], options).unref();
  }
  await vi.waitFor(
    () => expect(['endpoint', 'failed'].some((name) => existsSync(join(folder, name)))).toBe(true),
    {
      timeout: START_MS,
      interval: 100,
    },
  );
  if (existsSync(join(folder, 'endpoint'))) return readFile(join(folder, 'endpoint'), 'utf8');
  throw new Error(`The S3 engine ${await readFile(join(folder, 'failed'), 'utf8')}`);
}
