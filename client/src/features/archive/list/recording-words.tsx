import { Checkbox } from '@mantine/core';
import { Link } from 'react-router';
import { useText } from '#client/text/use-text.ts';
import type { RecordingSummary } from '#protocol/http/recordings.ts';
import classes from './recordings-list.module.css';
import type { Selection } from './use-selection.ts';

/** So many people are named; more are counted. */
const NAMED_PEOPLE = 3;

/** What a recording is called, and who is in it, in a table's cell or on a card. */
export function RecordingWords({ recording }: { recording: RecordingSummary }) {
  const { archive, list: text } = useText();
  const { meetingName, people, problem, recordingId } = recording;
  const named = people.slice(0, NAMED_PEOPLE);
  return (
    <div className={classes.words}>
      <Link className={classes.name} to={`/admin/recordings/${recordingId}`}>
        {meetingName || recordingId}
      </Link>
      {problem === undefined ? (
        <span className={classes.people} title={people.join(', ')}>
          {people.length === 0 ? text.nobody : text.people(named, people.length - named.length)}
        </span>
      ) : (
        <span className={classes.problem}>
          {archive.problem}: {problem}
        </span>
      )}
    </div>
  );
}

export function RecordingCheckbox({
  recording: { meetingName, recordingId, state },
  selection,
}: {
  recording: RecordingSummary;
  selection: Selection;
}) {
  const { list: text } = useText();
  return (
    <Checkbox
      aria-label={text.select(meetingName || recordingId)}
      checked={selection.has(recordingId)}
      disabled={state === 'recording'}
      onChange={() => selection.toggle(recordingId)}
    />
  );
}
