import { useMediaQuery } from '@mantine/hooks';
import { formatBytes, formatDate, formatDuration } from '#client/text/format.ts';
import { useText } from '#client/text/use-text.ts';
import { PinButton } from '../pin-button.tsx';
import { RecordingState } from '../state-badge.tsx';
import { RecordingCheckbox, RecordingWords } from './recording-words.tsx';
import classes from './recordings-list.module.css';
import { type ListProps, RecordingsTable } from './recordings-table.tsx';

/** Recordings in rows, or on cards where the page is as narrow as a phone. */
export function RecordingsList(props: ListProps) {
  const isNarrow = useMediaQuery('(max-width: 44rem)', undefined, { getInitialValueInEffect: false });
  return isNarrow ? <RecordingCards {...props} /> : <RecordingsTable {...props} />;
}

function RecordingCards({ recordings, selection }: ListProps) {
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
            <RecordingState state={recording.state} />
            {selection && <PinButton recording={recording} />}
          </div>
        </li>
      ))}
    </ul>
  );
}
