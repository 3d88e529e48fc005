import type { Interval, Manifest, ManifestFile } from '../../../../protocol/manifest.ts';

/** Pictures that are decoded at once; whoever is beyond them is heard. */
export const MAX_PICTURES = 9;

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
  /** It still grows. */
  readonly isLive: boolean;
}

/** @param urlOf where a file is, for those who may see it here */
export function tracksOf(
  { files }: Manifest,
  urlOf: (name: string, options: { follow?: boolean }) => string,
): PlaybackTrack[] {
  return files.map(({ connectionId, durationMs, name, personName, source, startOffsetMs, state }) => ({
    id: name,
    url: urlOf(name, { follow: state === 'writing' }),
    connectionId,
    personName,
    source,
    startMs: startOffsetMs,
    endMs: startOffsetMs + durationMs,
    isLive: state === 'writing',
  }));
}

export function isPresent({ endMs, startMs }: PlaybackTrack, atMs: number): boolean {
  return atMs >= startMs && atMs < endMs;
}

/** The end of the last file. */
export function durationOf(tracks: readonly PlaybackTrack[]): number {
  return tracks.reduce((latest, { endMs }) => Math.max(latest, endMs), 0);
}

/**
 * Whose pictures are shown at an instant: everybody's while there is room. Beyond MAX_PICTURES screens come first, then
 * who speaks, then the others as they came.
 */
export function shownAt(
  tracks: readonly PlaybackTrack[],
  atMs: number,
  speaking: ReadonlySet<string>,
): PlaybackTrack[] {
  const present = tracks.filter((track) => isPresent(track, atMs));
  if (present.length <= MAX_PICTURES) return present;
  const rank = ({ connectionId, source }: PlaybackTrack) =>
    source === 'screen' ? 0 : speaking.has(connectionId) ? 1 : 2;
  const chosen = new Set(present.toSorted((a, b) => rank(a) - rank(b)).slice(0, MAX_PICTURES));
  return present.filter((track) => chosen.has(track));
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

export function speakingAt(speech: ReadonlyMap<string, readonly Interval[]>, atMs: number): Set<string> {
  const now = ({ fromMs, toMs }: Interval) => atMs >= fromMs && atMs < toMs;
  return new Set([...speech].filter(([, intervals]) => intervals.some(now)).map(([id]) => id));
}
