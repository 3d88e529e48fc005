import type { SoloSnapshot } from '../../session/solo/solo-session.ts';
import { formatBytes, formatDuration } from '../../text/format.ts';
import { useText } from '../../text/use-text.ts';
import classes from './record-page.module.css';

/** Size and time that are on disk, as the recorder says; before that, that it is waited for. */
export function Written({ snapshot: { recording, written } }: { snapshot: SoloSnapshot }) {
  const { solo: text, recording: words, locale } = useText();
  if (!written || recording.status !== 'recording') {
    return (
      <p className={classes.waiting} role="status">
        {recording.status === 'lost'
          ? words.lost
          : recording.status === 'waiting'
            ? words.own('stalled')
            : words.starting}
      </p>
    );
  }
  return (
    <dl className={classes.written}>
      <div>
        <dt>{text.time}</dt>
        <dd>{formatDuration(written.durationMs)}</dd>
      </div>
      <div>
        <dt>{text.size}</dt>
        <dd>{formatBytes(written.bytes, locale)}</dd>
      </div>
    </dl>
  );
}
