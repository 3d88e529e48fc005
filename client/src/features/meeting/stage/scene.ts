import type { VisibleVideo } from '#client/session/media/visible-videos.ts';
import type { StageSnapshot } from '#client/session/stage/stage.ts';
import type { Arrangement, Scene } from './arrangement.ts';
import type { Tile } from './tiles.ts';

type Composed = Pick<Scene, 'isScreen' | 'large' | 'others'>;

/**
 * What is large, and who is beside it: what is pinned, else the screens that others share. One's own screen is never
 * large, since one sees it already, and a picture of a picture of itself has no end.
 */
export function compose(
  tiles: readonly Tile[],
  { order, pinned }: Pick<StageSnapshot, 'order' | 'pinned'>,
): Composed {
  const isPinned = tiles.some(({ key }) => key === pinned);
  const isLarge = ({ isOwn, key, kind }: Tile) => (isPinned ? key === pinned : kind === 'screen' && !isOwn);
  const large = tiles.filter(isLarge);
  const placeOf = ({ connectionId, isOwn, kind }: Tile): number => {
    if (isOwn) return kind === 'person' ? -2 : -1;
    // A screen that had to give way to a pinned picture is still looked for first.
    return kind === 'screen' ? 0 : 1 + order.indexOf(connectionId);
  };
  const others = tiles.filter((tile) => !isLarge(tile)).toSorted((a, b) => placeOf(a) - placeOf(b));
  return {
    large: large.map(({ key }) => key),
    isScreen: large.some(({ kind }) => kind === 'screen'),
    others: others.map(({ key }) => key),
  };
}

/** Sizes are told to the server in steps of this: a window that is drawn larger asks for nothing new at each pixel. */
const STEP_PX = 64;
const LARGEST_PX = 16_384;

/** The videos that have a place, and what they need of the server. @param pixelRatio device pixels per CSS pixel */
export function videosOf(
  tiles: readonly Tile[],
  { places }: Pick<Arrangement, 'places'>,
  pixelRatio: number,
): VisibleVideo[] {
  const step = (pixels: number): number =>
    Math.min(LARGEST_PX, Math.ceil((pixels * pixelRatio) / STEP_PX) * STEP_PX);
  return tiles.flatMap(({ key, videoId }) => {
    const place = places.get(key);
    if (!place || videoId === undefined) return [];
    return [{ producerId: videoId, width: step(place.width), height: step(place.height) }];
  });
}

/** The one picture to follow in a small window: what is pinned, else whoever has the floor, else whoever can be seen. */
export function followed(
  tiles: readonly Tile[],
  pinned: string | undefined,
  dominant: string | undefined,
): MediaStreamTrack | undefined {
  const seen = tiles.filter(({ picture }) => picture !== undefined);
  const others = seen.filter(({ isOwn }) => !isOwn);
  const tile =
    seen.find(({ key }) => key === pinned) ??
    others.find(({ kind }) => kind === 'screen') ??
    others.find(({ key }) => key === dominant) ??
    others[0] ??
    seen[0];
  return tile?.picture;
}
