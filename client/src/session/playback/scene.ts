import type { Interval } from '#protocol/manifest.ts';
import { isPresent, isWithin, type PlaybackTrack } from './tracks.ts';

/** Pictures that are decoded at once; whoever is beyond them is heard. */
export const MAX_PICTURES = 9;
/** A file gets its element so long before it begins, and so begins in time. */
const AHEAD_MS = 6000;

/** One file as it is shown at an instant. */
export interface Seat {
  readonly track: PlaybackTrack;
  /** `voice`: heard, not seen. `coming`: begins soon, and is being loaded. */
  readonly shown: 'large' | 'tile' | 'voice' | 'coming';
  readonly isSpeaking: boolean;
  readonly isMuted: boolean;
  readonly isCameraOff: boolean;
}

export interface SceneWishes {
  /** Whoever speaks is large, unless a screen is shared. */
  readonly followsSpeaker: boolean;
  /** The person's or screen's place (`placeOf`) that is large whatever happens. */
  readonly pinned: string | undefined;
}

/** When each person spoke, by connection id. */
export type Speech = ReadonlyMap<string, readonly Interval[]>;

/** The same for all files of one person's camera, or of one person's screen. */
export function placeOf({ connectionId, source }: PlaybackTrack): string {
  return `${connectionId}/${source}`;
}

/** Everybody who is there at an instant, or soon, in the order in which they came. */
export function sceneAt(
  tracks: readonly PlaybackTrack[],
  speech: Speech,
  atMs: number,
  { followsSpeaker, pinned }: SceneWishes,
): Seat[] {
  const inOrder = tracks.toSorted((one, other) => one.startMs - other.startMs);
  const present = inOrder.filter((track) => isPresent(track, atMs));
  const coming = inOrder.filter(({ startMs }) => startMs > atMs && startMs <= atMs + AHEAD_MS);
  const spokenMs = (track: PlaybackTrack) => lastSpokenMs(speech.get(track.connectionId), atMs);
  const bySpeech = present.toSorted((one, other) => spokenMs(other) - spokenMs(one));
  const screen = present.findLast(({ source }) => source === 'screen');
  const speaker = followsSpeaker && present.length > 1 ? bySpeech[0] : undefined;
  const large = present.find((track) => placeOf(track) === pinned) ?? screen ?? speaker;
  const others = bySpeech.filter((track) => track !== large);
  const seen = new Set(
    others
      .toSorted((one, other) => Number(other.source === 'screen') - Number(one.source === 'screen'))
      .slice(0, large ? MAX_PICTURES - 1 : MAX_PICTURES),
  );
  return [
    ...present.map(
      (track): Seat => ({
        track,
        shown: track === large ? 'large' : seen.has(track) ? 'tile' : 'voice',
        isSpeaking: track.source === 'camera' && spokenMs(track) === atMs,
        isMuted: track.muted.some((interval) => isWithin(interval, atMs)),
        isCameraOff: track.cameraOff.some((interval) => isWithin(interval, atMs)),
      }),
    ),
    ...coming.map(
      (track): Seat => ({ track, shown: 'coming', isSpeaking: false, isMuted: false, isCameraOff: false }),
    ),
  ];
}

/** Whether two scenes look the same. */
export function isSameScene(one: readonly Seat[], other: readonly Seat[]): boolean {
  const looks = ({ isCameraOff, isMuted, isSpeaking, shown, track }: Seat) =>
    [track.id, shown, isSpeaking, isMuted, isCameraOff].join();
  return (
    one.length === other.length &&
    one.every((seat, at) => {
      const opposite = other[at];
      return opposite !== undefined && seat.track === opposite.track && looks(seat) === looks(opposite);
    })
  );
}

/** `atMs` itself while the person speaks; -1 before they ever did. */
function lastSpokenMs(intervals: readonly Interval[] | undefined, atMs: number): number {
  const last = intervals?.findLast(({ fromMs }) => fromMs <= atMs);
  return last ? Math.min(atMs, last.toMs > atMs ? atMs : last.toMs - 1) : -1;
}
