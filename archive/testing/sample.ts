import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { compactUtc } from '#protocol/identifiers.ts';
import type { Manifest, ManifestFile } from '#protocol/manifest.ts';

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
  return {
    name: `${connectionId}-${compactUtc(STARTED_AT_MS)}.flv`,
    connectionId,
    personName: 'Alice',
    source: 'camera',
    state: 'complete',
    startOffsetMs: 100,
    durationMs: 5000,
    bytes: 1000,
    audio: { codec: 'aac', sampleRate: 48000, channels: 1 },
    video: { codec: 'h264' },
    resolutions: [],
    muted: [],
    cameraOff: [],
    gaps: [],
    losses: [],
    ...changes,
  };
}

export function sampleManifest(index: number, changes: Partial<Manifest> = {}): Manifest {
  return {
    version: 1,
    recordingId: sampleId(index),
    meeting: { id: 'weekly', name: 'Weekly' },
    state: 'complete',
    startedAtMs: STARTED_AT_MS + index * 60_000,
    stoppedAtMs: STARTED_AT_MS + index * 60_000 + 5100,
    recorderId: 'recorder-1',
    lastFact: 0,
    people: [],
    files: [sampleFile('alice-1')],
    speakers: [],
    chat: [],
    consent: [],
    problems: [],
    ...changes,
  };
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
