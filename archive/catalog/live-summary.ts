import type { RecordingSummary } from '../../protocol/archive-api.ts';
import type { Store } from '../store/store.ts';
import { parseManifest } from './summarize.ts';

/**
 * The summary of a recording being made, with the bytes that its files have now and the time of the last of them, both
 * read from the store: when the recorder is dead they stand still, as they should.
 */
export async function withLiveFacts(summary: RecordingSummary, store: Store): Promise<RecordingSummary> {
  if (summary.state !== 'recording') return summary;
  const manifest = await store.readManifest(summary.recordingId);
  if (!manifest) return summary;
  const { files } = parseManifest(manifest.text);
  const facts = await Promise.all(files.map((file) => store.stat(summary.recordingId, file.name)));
  const present = facts.filter((fact) => fact !== undefined);
  const newestMs = Math.max(summary.startedAtMs, ...present.map((fact) => fact.modifiedAtMs));
  return {
    ...summary,
    bytes: present.reduce((sum, fact) => sum + fact.bytes, 0),
    durationMs: Math.max(summary.durationMs, newestMs - summary.startedAtMs),
  };
}
