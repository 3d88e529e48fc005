import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ManifestFile } from '#protocol/manifest.ts';
import type { StoredManifest } from './manifest-file.ts';
import type { Store, StoredFile } from './store.ts';

/**
 * Copies a finished recording from one store to another: its files, each of which is read back and must have the sum that its
 * manifest tells, then its manifest, then what was made from it. What an earlier try left there is gone on with.
 * @returns the manifest as it was copied
 * @throws Error, or Fault, when it is not there whole: until its manifest is put nobody sees it
 */
export async function copyRecording(
  recordingId: string,
  { from, to, signal }: { from: Store; to: Store; signal: AbortSignal },
): Promise<StoredManifest> {
  const stored = await from.readManifest(recordingId);
  if (!stored) throw new Error(`There is no recording ${recordingId}.`);
  for (const file of stored.manifest.files) {
    signal.throwIfAborted();
    await copyFile(recordingId, file, { from, to });
  }
  await to.putManifest(recordingId, stored.manifest);
  for (const [folder, name] of await from.listMade(recordingId)) {
    signal.throwIfAborted();
    await using made = await open(from.openMade(recordingId, folder, name));
    if (!made.file) continue;
    const path = join(await to.openScratch(recordingId, folder, name), 'copied');
    await pipeline(made.file.read(0, made.file.bytes), createWriteStream(path), { signal });
    await to.putMade(recordingId, folder, name, path);
    await to.clearScratch(recordingId, folder, name);
  }
  return stored;
}

/** One that its manifest tells of and that is not there, here as there, is left out. */
async function copyFile(
  recordingId: string,
  { name, sha256 }: ManifestFile,
  { from, to }: { from: Store; to: Store },
): Promise<void> {
  await using source = await open(from.open(recordingId, name));
  if (!source.file) return;
  const { bytes } = source.file;
  if (sha256 === undefined) throw new Error(`${name} has no sum yet.`);
  if ((await to.stat(recordingId, name))?.bytes !== bytes) {
    await to.putFile(recordingId, name, bytes, source.file.read(0, bytes));
  }
  await using copied = await open(to.open(recordingId, name));
  const found = copied.file && (await sumOf(copied.file.read(0, copied.file.bytes)));
  if (found === sha256) return;
  await to.removeFile(recordingId, name);
  throw new Error(`${name} has the sum ${found} where it was copied to, not ${sha256}.`);
}

async function open(opening: Promise<StoredFile | undefined>) {
  const file = await opening;
  return { file, [Symbol.asyncDispose]: async () => file?.close() };
}

async function sumOf(content: Readable): Promise<string> {
  const sum = createHash('sha256');
  for await (const chunk of content) sum.update(chunk as Buffer);
  return sum.digest('hex');
}
