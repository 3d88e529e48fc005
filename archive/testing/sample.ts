import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { compactUtc } from '#protocol/identifiers.ts';
import type { Manifest, ManifestFile } from '#protocol/manifest.ts';
import { completeFile, emptyManifest } from '#store/testing/manifests.ts';

export const STARTED_AT_MS = Date.parse('2026-11-22T10:00:00.000Z');

/** A folder that goes away with the test. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'verbatim-archive-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

export const sampleId = (index: number) =>
  `${compactUtc(STARTED_AT_MS + index * 60_000)}-${String(index).padStart(8, '0')}`;

export function sampleFile(connectionId: string, changes: Partial<ManifestFile> = {}): ManifestFile {
  const name = `${connectionId}-${compactUtc(STARTED_AT_MS)}.flv`;
  return completeFile(connectionId, { name, startOffsetMs: 100, durationMs: 5000, ...changes });
}

export function sampleManifest(index: number, changes: Partial<Manifest> = {}): Manifest {
  const startedAtMs = STARTED_AT_MS + index * 60_000;
  return emptyManifest({
    recordingId: sampleId(index),
    state: 'complete',
    ...{ startedAtMs, stoppedAtMs: startedAtMs + 5100 },
    files: [sampleFile('alice-1')],
    ...changes,
  });
}

/** Writes a recording's folder as a recorder does; the manifest is replaced whole. */
export async function writeRecording(
  root: string,
  manifest: Manifest | { recordingId: string; text: string },
  contents: Record<string, Uint8Array | string> = {},
): Promise<string> {
  const folder = join(root, manifest.recordingId);
  await mkdir(folder, { recursive: true });
  for (const [name, content] of Object.entries(contents)) await writeFile(join(folder, name), content);
  const text = 'text' in manifest ? manifest.text : JSON.stringify(manifest);
  await writeFile(join(folder, 'manifest.json.new'), text);
  await rename(join(folder, 'manifest.json.new'), join(folder, 'manifest.json'));
  return folder;
}
