import type { GroupPlayback } from '#client/session/playback/group-playback.ts';
import { formatDuration } from '#client/text/format.ts';
import { useText } from '#client/text/use-text.ts';
import { Card } from '#client/ui/card.tsx';
import type { Manifest } from '#protocol/manifest.ts';
import classes from './recording.module.css';

/** What was written during the recording; each time leads there. */
export function ChatTranscript({ manifest, playback }: { manifest: Manifest; playback: GroupPlayback }) {
  const { report: text } = useText();
  if (manifest.chat.length === 0) return null;
  return (
    <Card compact title={text.chat}>
      <ol className={classes.chat}>
        {manifest.chat.map(({ atMs, connectionId, name, text: words }) => {
          const at = formatDuration(atMs - manifest.startedAtMs);
          return (
            <li key={`${atMs}/${connectionId}/${words}`}>
              <button
                type="button"
                className={classes.jump}
                aria-label={text.jumpTo(at)}
                onClick={() => playback.seek(atMs - manifest.startedAtMs)}
              >
                {at}
              </button>
              <span className={classes.words}>
                <strong>{name}</strong> {words}
              </span>
            </li>
          );
        })}
      </ol>
    </Card>
  );
}
