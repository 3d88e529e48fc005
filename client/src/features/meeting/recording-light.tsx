import { useNow } from '../../services/services.ts';
import type { RecordingView } from '../../session/meeting/meeting-state.ts';
import { formatDuration } from '../../text/format.ts';
import { useText } from '../../text/use-text.ts';
import classes from './recording-light.module.css';

/**
 * The red light, which is true [D8]: it is there only while bytes are confirmed on disk and this page is
 * connected to hear of it. Every other state has words of its own, and no light.
 */
export function RecordingLight({
  recording,
  isConnected,
}: {
  recording: RecordingView;
  isConnected: boolean;
}) {
  const text = useText();
  if (recording.status === 'recording' && isConnected) return <Light sinceMs={recording.sinceMs} />;
  const words =
    recording.status === 'recording'
      ? text.recording.unknown
      : recording.status === 'off'
        ? ''
        : text.recording[recording.status];
  return (
    <p className={classes.words} aria-live="polite" data-empty={words === '' || undefined}>
      {words}
    </p>
  );
}

function Light({ sinceMs }: { sinceMs: number }) {
  const { recording } = useText();
  const nowMs = useNow(500);
  // A status region speaks by itself: not every second. Start and stop are told by messages.
  return (
    <div className={classes.light} role="status" aria-label={recording.light} aria-live="off">
      <span className={classes.dot} aria-hidden="true" />
      <span className={classes.label}>{recording.light}</span>
      <span className={classes.time}>{formatDuration(nowMs - sinceMs)}</span>
    </div>
  );
}
