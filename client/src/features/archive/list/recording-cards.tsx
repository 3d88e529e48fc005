import { formatBytes, formatDate, formatDuration } from '#client/text/format.ts';
import { useText } from '#client/text/use-text.ts';
import { PinButton } from '../pin-button.tsx';
import { RecordingWords } from './recording-words.tsx';
import classes from './recordings-list.module.css';
import { type ListProps, RecordingCheckbox, RecordingState } from './recordings-table.tsx';

/** Recordings on cards, for phones. */
export function RecordingCards({ recordings, selection }: ListProps) {
  const { archive: text, locale } = useText();
  return (
    <ul className={classes.cards} aria-label={text.table}>
      {recordings.map((recording) => (
        <li
          key={recording.recordingId}
          className={classes.recording}
          data-chosen={selection?.has(recording.recordingId) || undefined}
        >
          <div className={classes.cardHead}>
            <RecordingWords recording={recording} />
            {selection && <RecordingCheckbox recording={recording} selection={selection} />}
          </div>
          <p className={classes.facts}>
            {[
              formatDate(recording.startedAtMs, locale),
              formatDuration(recording.durationMs),
              formatBytes(recording.bytes, locale),
            ].join(' · ')}
          </p>
          <div className={classes.cardFoot}>
            <RecordingState recording={recording} />
            {selection && <PinButton recording={recording} />}
          </div>
        </li>
      ))}
    </ul>
  );
}
