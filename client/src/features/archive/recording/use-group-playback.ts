import { useEffect, useMemo, useState } from 'react';
import { useServices } from '#client/services/services.ts';
import { GroupPlayback } from '#client/session/playback/group-playback.ts';
import { speechOf, tracksOf } from '#client/session/playback/tracks.ts';
import type { Manifest } from '#protocol/manifest.ts';

/**
 * The playback of a recording for as long as the component is there; it keeps up with one that is still being made.
 * @param urlOf where a file is; the same function at every call
 * @param only the one file to play; undefined: all
 */
export function useGroupPlayback(
  manifest: Manifest,
  urlOf: (name: string) => string,
  only: string | undefined,
): GroupPlayback {
  const { clock, player, soundMixer } = useServices();
  const source = useMemo(
    () => ({
      tracks: tracksOf(manifest, urlOf).filter(({ id }) => only === undefined || id === only),
      speech: speechOf(manifest),
    }),
    [manifest, only, urlOf],
  );
  const [playback] = useState(() => {
    const made = new GroupPlayback(source, clock, player, only === undefined ? soundMixer : undefined);
    if (only !== undefined) made.seek(source.tracks[0]?.startMs ?? 0);
    return made;
  });
  useEffect(() => playback.setSource(source), [playback, source]);
  useEffect(() => () => playback.close(), [playback]);
  return playback;
}
