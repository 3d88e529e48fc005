import { open, readFile, rename, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Fault } from '../../protocol/errors.ts';
import { MAX_MANIFEST_BYTES, type Manifest, manifestSchema } from '../../protocol/manifest.ts';

export const MANIFEST_NAME = 'manifest.json';

/**
 * Replaces the manifest so that a reader, or a crash, sees either the old one or the new one, whole: write, fsync,
 * rename, fsync of the directory (design §4.4). Answers its length in bytes.
 */
export async function writeManifest(folder: string, manifest: Manifest): Promise<number> {
  const path = join(folder, MANIFEST_NAME);
  const temporary = `${path}.new`;
  const handle = await open(temporary, 'w');
  const bytes = Buffer.from(`${JSON.stringify(manifest, undefined, 1)}\n`);
  try {
    await handle.writeFile(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(temporary, path);
  await syncFolder(dirname(path));
  return bytes.length;
}

/** @throws when there is none, or it does not match the schema: the message says which field. */
export async function readManifest(folder: string): Promise<Manifest> {
  const path = join(folder, MANIFEST_NAME);
  const { size } = await stat(path);
  if (size > MAX_MANIFEST_BYTES) throw new Fault('manifest-broken', `The manifest has ${size} bytes.`);
  return manifestSchema.parse(JSON.parse(await readFile(path, 'utf8')));
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
