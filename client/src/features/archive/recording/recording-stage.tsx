import { useText } from '#client/text/use-text.ts';
import type { Manifest } from '#protocol/manifest.ts';
import { ChatTranscript } from './chat-transcript.tsx';
import { GroupPlayer } from './group-player.tsx';
import { TimelinePicture } from './timeline-picture.tsx';
import { useGroupPlayback } from './use-group-playback.ts';

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
