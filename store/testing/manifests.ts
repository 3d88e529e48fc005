import { MANIFEST_VERSION, type Manifest, type ManifestFile } from '#protocol/manifest.ts';

/** A manifest in which nothing has happened yet. */
export function emptyManifest(changes: Partial<Manifest> = {}): Manifest {
  return {
    version: MANIFEST_VERSION,
    recordingId: '20261122T102030123Z-abcdefgh',
    meeting: { id: 'weekly', name: 'Weekly' },
    state: 'recording',
    startedAtMs: 1000,
    recorderId: 'recorder-1',
    lastFact: 0,
    people: [],
    files: [],
    speakers: [],
    chat: [],
    consent: [],
    problems: [],
    ...changes,
  };
}

/** A camera's file, whole, of which there is nothing else to tell. */
export function completeFile(connectionId: string, changes: Partial<ManifestFile> = {}): ManifestFile {
  return {
    name: `${connectionId}-20261122T102030123Z.flv`,
    connectionId,
    personName: 'Alice',
    source: 'camera',
    state: 'complete',
    startOffsetMs: 0,
    durationMs: 1000,
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
