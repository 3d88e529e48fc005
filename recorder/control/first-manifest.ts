import { MANIFEST_VERSION, type Manifest } from '#protocol/manifest.ts';
import type { RecorderCommandParams } from '#protocol/recorder.ts';
import { readManifest } from '#store/manifest-file.ts';

/** What the manifest of a recording says that begins. */
export function newManifest(params: RecorderCommandParams<'start'>, recorderId: string): Manifest {
  return {
    version: MANIFEST_VERSION,
    recordingId: params.recordingId,
    meeting: { id: params.meetingId, name: params.meetingName },
    state: 'recording',
    startedAtMs: params.startedAtMs,
    ...(params.wallAheadMs !== undefined && { wallAheadMs: params.wallAheadMs }),
    recorderId,
    lastFact: 0,
    people: [],
    files: [],
    speakers: [],
    chat: [],
    consent: [],
    problems: [],
  };
}

/** What a recorder before us left on disk, taken up; `fresh` when there is nothing. */
export async function resumedManifest(folder: string, fresh: Manifest): Promise<Manifest> {
  try {
    const { stoppedAtMs: _, stopReason: __, ...found } = await readManifest(folder);
    return { ...found, state: 'recording', recorderId: fresh.recorderId };
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return fresh;
    throw cause;
  }
}
