import type { Manifest } from '#protocol/manifest.ts';
import type { Consent } from '#protocol/people.ts';
import type { Recordings } from '../storage/recordings.ts';

/**
 * Deletes what people wanted to have erased, as far as it is still there: the ledger says of whom, and until when. A crash
 * between their wish and the deletion leaves it to whoever takes the recording up, or repairs it.
 * @returns the manifest without it
 */
export async function eraseWhatIsDue(recordings: Recordings, manifest: Manifest): Promise<Manifest> {
  const untilMs = new Map(
    manifest.consent.flatMap(({ atMs, connectionId, erase }) =>
      erase ? [[connectionId, atMs] as const] : [],
    ),
  );
  // Who has agreed anew since then has new files.
  const files = manifest.files.filter(
    ({ connectionId, startOffsetMs }) =>
      manifest.startedAtMs + startOffsetMs > (untilMs.get(connectionId) ?? Number.NEGATIVE_INFINITY),
  );
  const kept = new Set(files.map(({ name }) => name));
  await recordings.eraseFiles(manifest.recordingId, new Set(untilMs.keys()), kept);
  return files.length === manifest.files.length ? manifest : { ...manifest, files };
}

/** From then on nothing of this person is written. */
export function isRefusal({ consent }: { consent: Consent }): boolean {
  return consent === 'declined' || consent === 'withdrawn';
}
