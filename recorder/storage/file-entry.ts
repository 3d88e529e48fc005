import type { ManifestFile } from '#protocol/manifest.ts';

/** What the manifest says of a file of which no more is known. */
export function bareEntry(
  file: Pick<ManifestFile, 'name' | 'connectionId' | 'personName' | 'source' | 'startOffsetMs'>,
): ManifestFile {
  return {
    ...file,
    state: 'writing',
    durationMs: 0,
    bytes: 0,
    audio: { codec: 'aac', sampleRate: 48000, channels: 1 },
    video: { codec: 'h264' },
    resolutions: [],
    muted: [],
    cameraOff: [],
    gaps: [],
    losses: [],
  };
}
