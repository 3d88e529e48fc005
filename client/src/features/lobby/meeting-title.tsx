import { Skeleton } from '@mantine/core';
import type { MeetingLookup } from '../../session/meeting/meeting-state.ts';
import { useText } from '../../text/use-text.ts';
import classes from './lobby-page.module.css';

/** The meeting's name, as tall while it is looked up as afterwards. */
export function MeetingTitle({ meeting }: { meeting: MeetingLookup }) {
  const { lobby } = useText();
  return (
    <div>
      <p className={classes.kicker}>{lobby.title}</p>
      <h1 className={classes.title}>
        {meeting.status === 'found' ? (
          meeting.name
        ) : (
          <Skeleton component="span" className={classes.titleSkeleton ?? ''} aria-label={lobby.loading} />
        )}
      </h1>
    </div>
  );
}
