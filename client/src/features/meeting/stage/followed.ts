import type { Tile } from './tiles.ts';

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
