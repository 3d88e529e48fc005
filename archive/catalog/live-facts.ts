import type { RecordingSummary } from '#protocol/http/recordings.ts';
import type { Manifest } from '#protocol/manifest.ts';
import type { Store } from '#store/store.ts';
import type { Manifests } from './manifests.ts';

/**
 * A recorder writes the manifest when there is something new to tell, not because a file has grown. So what its files hold
 * by now is read from the store, and their lengths from the time of the last byte: when the recorder is dead they stand
 * still, as they should.
 */
export async function withLiveFiles(manifest: Manifest, store: Store): Promise<Manifest> {
  if (manifest.state !== 'recording') return manifest;
  const { recordingId, startedAtMs } = manifest;
  const files = await Promise.all(
    manifest.files.map(async (file) => {
      const facts = file.state === 'writing' ? await store.stat(recordingId, file.name) : undefined;
      if (!facts) return file;
      const grownMs = Math.floor(facts.modifiedAtMs - startedAtMs - file.startOffsetMs);
      return { ...file, bytes: facts.bytes, durationMs: Math.max(file.durationMs, grownMs) };
    }),
  );
  return { ...manifest, files };
}

/** The same for the summary of a recording that is being made. */
export async function withLiveFacts(
  summary: RecordingSummary,
  store: Store,
  manifests: Manifests,
): Promise<RecordingSummary> {
  if (summary.state !== 'recording') return summary;
  const read = await manifests.read(summary.recordingId);
  if (!read) return summary;
  const { files } = await withLiveFiles(read.manifest, store);
  return {
    ...summary,
    bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
    durationMs: files.reduce(
      (longest, { durationMs, startOffsetMs }) => Math.max(longest, startOffsetMs + durationMs),
      summary.durationMs,
    ),
  };
}
