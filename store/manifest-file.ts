import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Fault } from '#protocol/errors.ts';
import { MAX_MANIFEST_BYTES, type Manifest } from '#protocol/manifest.ts';
import type { Log } from '#service/log.ts';
import { factsOf } from './file-facts.ts';
import { MANIFEST_NAME } from './layout.ts';
import { parseManifestApart } from './parse-apart.ts';
import { replaceFile } from './replace-file.ts';

export interface StoredManifest {
  manifest: Manifest;
  /** Differs whenever the manifest may. */
  version: string;
}

/** A manifest as it is stored. */
export const manifestText = (manifest: Manifest): Buffer =>
  Buffer.from(`${JSON.stringify(manifest, undefined, 1)}\n`);

/**
 * Replaces the manifest whole. A manifest has one writer: the recorder that owns the recording (ownership.ts), for as long as it
 * does; once it is closed and nobody owns it, the archive (archive/keep/manifest-editor.ts).
 * @returns its length in bytes
 */
export async function writeManifest(folder: string, manifest: Manifest, log: Log): Promise<number> {
  const bytes = manifestText(manifest);
  await replaceFile(join(folder, MANIFEST_NAME), bytes, log);
  return bytes.length;
}

/**
 * What the manifest of this recording's folder says. A long one is parsed in a thread, and holds nobody up.
 * @throws the error of the file system, `ENOENT` when there is none: another time it may be otherwise. Fault `manifest-broken`,
 * which says what is wrong, when it is too long, no manifest, or another recording's: that stays so until somebody writes it anew.
 */
export async function readManifest(folder: string): Promise<Manifest> {
  return (await readStoredManifest(folder)).manifest;
}

/** The same with its version. */
export async function readStoredManifest(folder: string): Promise<StoredManifest> {
  const { text, version } = await readText(join(folder, MANIFEST_NAME));
  return { manifest: await manifestOf(basename(folder), text), version };
}

/** What the text of this recording's manifest says. @throws Fault `manifest-broken` */
export async function manifestOf(recordingId: string, text: string): Promise<Manifest> {
  try {
    const manifest = await parseManifestApart(text);
    if (manifest.recordingId !== recordingId) throw new Error('It names another recording.');
    return manifest;
  } catch (cause) {
    throw new Fault('manifest-broken', (cause as Error).message, { cause });
  }
}

async function readText(path: string): Promise<{ text: string; version: string }> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const { bytes, version } = factsOf(await file.stat({ bigint: true }));
    requireShort(bytes);
    return { text: await file.readFile('utf8'), version };
  } finally {
    await file.close();
  }
}

/** @throws Fault `manifest-broken` of one that is longer than any of ours */
export function requireShort(bytes: number): void {
  if (bytes > MAX_MANIFEST_BYTES) throw new Fault('manifest-broken', `It has ${bytes} bytes.`);
}
