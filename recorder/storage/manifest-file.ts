import { open, readFile, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Manifest, manifestSchema } from '../../protocol/manifest.ts';

export const MANIFEST_NAME = 'manifest.json';

/**
 * Replaces the manifest so that a reader, or a crash, sees either the old one or the new one, whole: write, fsync,
 * rename, fsync of the directory (design §4.4).
 */
export async function writeManifest(folder: string, manifest: Manifest): Promise<void> {
  const path = join(folder, MANIFEST_NAME);
  const temporary = `${path}.new`;
  const handle = await open(temporary, 'w');
  try {
    await handle.writeFile(`${JSON.stringify(manifest, undefined, 1)}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(temporary, path);
  await syncFolder(dirname(path));
}

/** @throws when there is none, or it does not match the schema: the message says which field. */
export async function readManifest(folder: string): Promise<Manifest> {
  return manifestSchema.parse(JSON.parse(await readFile(join(folder, MANIFEST_NAME), 'utf8')));
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
