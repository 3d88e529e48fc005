import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Fault } from '#protocol/errors.ts';
import { MAX_MANIFEST_BYTES, type Manifest, manifestSchema } from '#protocol/manifest.ts';
import { parseMessage } from '#protocol/reply.ts';
import type { Log } from '#service/log.ts';
import { replaceFile } from '#service/replace-file.ts';

export const MANIFEST_NAME = 'manifest.json';

/** Replaces the manifest whole. Answers its length in bytes. */
export async function writeManifest(folder: string, manifest: Manifest, log: Log): Promise<number> {
  const bytes = Buffer.from(`${JSON.stringify(manifest, undefined, 1)}\n`);
  await replaceFile(join(folder, MANIFEST_NAME), bytes, log);
  return bytes.length;
}

/** @throws when there is none, or it does not match the schema: the message says which field. */
export async function readManifest(folder: string): Promise<Manifest> {
  const path = join(folder, MANIFEST_NAME);
  const { size } = await stat(path);
  if (size > MAX_MANIFEST_BYTES) throw new Fault('manifest-broken', `The manifest has ${size} bytes.`);
  return parseManifest(await readFile(path, 'utf8'));
}

/** @throws Error that says what is wrong with it */
export function parseManifest(text: string): Manifest {
  return parseMessage(manifestSchema, JSON.parse(text));
}
