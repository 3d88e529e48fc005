import type { Interval, Manifest, ManifestFile } from '#protocol/manifest.ts';

/** One file of a recording, on the recording's common clock. */
export interface PlaybackTrack {
  /** The file's name. */
  readonly id: string;
  readonly url: string;
  readonly connectionId: string;
  readonly personName: string;
  readonly source: ManifestFile['source'];
  readonly startMs: number;
  readonly endMs: number;
  /** It still grows, and has no end that is known. */
  readonly isLive: boolean;
  /** When the microphone was muted, and when the camera was off. */
  readonly muted: readonly Interval[];
  readonly cameraOff: readonly Interval[];
}

/** @param urlOf where a file is, for those who may see it here */
export function tracksOf({ files }: Manifest, urlOf: (name: string) => string): PlaybackTrack[] {
  return files.map((file) => ({
    id: file.name,
    url: urlOf(file.name),
    connectionId: file.connectionId,
    personName: file.personName,
    source: file.source,
    startMs: file.startOffsetMs,
    endMs: file.startOffsetMs + file.durationMs,
    isLive: file.state === 'writing',
    muted: file.muted,
    cameraOff: file.cameraOff,
  }));
}

export function isPresent({ endMs, isLive, startMs }: PlaybackTrack, atMs: number): boolean {
  return atMs >= startMs && (isLive || atMs < endMs);
}

export function isWithin({ fromMs, toMs }: Interval, atMs: number): boolean {
  return atMs >= fromMs && atMs < toMs;
}

/** The end of the last file. */
export function durationOf(tracks: readonly PlaybackTrack[]): number {
  return tracks.reduce((latest, { endMs }) => Math.max(latest, endMs), 0);
}

/** When each person spoke, on the recording's common clock. */
export function speechOf({ files, speakers, startedAtMs }: Manifest): ReadonlyMap<string, Interval[]> {
  const endMs = files.reduce((latest, file) => Math.max(latest, file.startOffsetMs + file.durationMs), 0);
  const speech = new Map<string, Interval[]>();
  speakers.forEach(({ atMs, connectionIds }, index) => {
    const next = speakers[index + 1];
    const fromMs = atMs - startedAtMs;
    const toMs = next ? next.atMs - startedAtMs : Math.max(fromMs, endMs);
    for (const connectionId of connectionIds) {
      const intervals = speech.get(connectionId) ?? [];
      const last = intervals.at(-1);
      if (last?.toMs === fromMs) last.toMs = toMs;
      else intervals.push({ fromMs, toMs });
      speech.set(connectionId, intervals);
    }
  });
  return speech;
}
