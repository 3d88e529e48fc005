import { useEffect, useMemo, useState } from 'react';
import { useServices } from '#client/services/services.ts';
import { GroupPlayback } from '#client/session/playback/group-playback.ts';
import { speechOf, tracksOf } from '#client/session/playback/tracks.ts';
import { useText } from '#client/text/use-text.ts';
import type { Manifest } from '#protocol/manifest.ts';
import { ChatTranscript } from './chat-transcript.tsx';
import { GroupPlayer } from './group-player.tsx';
import { TimelinePicture } from './timeline-picture.tsx';

/** A recording to watch: everybody in sync, the picture of its course, and what was written meanwhile. */
export default function RecordingStage({
  manifest,
  urlOf,
  only,
}: {
  manifest: Manifest;
  /** Where a file is; the same function at every call. */
  urlOf: (name: string) => string;
  /** The one file to play; undefined: all. */
  only?: string | undefined;
}) {
  const { player: text } = useText();
  const playback = useGroupPlayback(manifest, urlOf, only);
  if (manifest.files.length === 0) return <p>{text.nothing}</p>;
  return (
    <>
      <GroupPlayer playback={playback} />
      <TimelinePicture manifest={manifest} playback={playback} />
      <ChatTranscript manifest={manifest} playback={playback} />
    </>
  );
}

/**
 * The playback of a recording for as long as the component is there; it keeps up with one that is still being made.
 * @param urlOf where a file is; the same function at every call
 * @param only the one file to play; undefined: all
 */
function useGroupPlayback(
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
