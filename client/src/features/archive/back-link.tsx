import { Link } from 'react-router';
import type { RecordingDetails } from '../../session/ports/archive.ts';
import { useText } from '../../text/use-text.ts';
import classes from './archive.module.css';

/** From a recording to the others: to all of them, or for a meeting's host to those of the meeting. */
export function BackLink({ details }: { details: RecordingDetails | undefined }) {
  const { archive, recording } = useText();
  const isAdmin = details?.may.includes('delete') ?? true;
  return (
    <Link className={classes.back} to={isAdmin ? '/admin' : `/m/${details?.manifest.meeting.id}/recordings`}>
      {isAdmin ? archive.back : recording.all}
    </Link>
  );
}
