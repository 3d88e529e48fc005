import { ActionIcon, CloseButton } from '@mantine/core';
import { IconFolderOpen } from '@tabler/icons-react';
import { Link } from 'react-router';
import { useServices, useStore } from '../../services/services.ts';
import { formatDate } from '../../text/format.ts';
import { useText } from '../../text/use-text.ts';
import classes from './home-page.module.css';

/** The meetings that this browser remembers. */
export function RecentList() {
  const { home, locale } = useText();
  const { recent } = useServices();
  const meetings = useStore(recent);
  if (meetings.length === 0) return <p className={classes.hint}>{home.noRecent}</p>;
  return (
    <ul className={classes.list}>
      {meetings.map(({ meetingId, name, hostKey, openedAtMs }) => (
        <li key={meetingId} className={classes.item}>
          <Link className={classes.meeting} to={`/m/${meetingId}`} aria-label={home.open(name)}>
            <span className={classes.name}>{name}</span>
            <span className={classes.hint}>
              {formatDate(openedAtMs, locale)}
              {hostKey !== undefined && ` · ${home.host}`}
            </span>
          </Link>
          {hostKey !== undefined && (
            <ActionIcon
              component={Link}
              to={`/m/${meetingId}/recordings`}
              variant="subtle"
              color="gray"
              aria-label={home.recordingsOf(name)}
              title={home.recordingsOf(name)}
            >
              <IconFolderOpen size={18} stroke={1.6} />
            </ActionIcon>
          )}
          <CloseButton
            size="sm"
            aria-label={home.forget(name)}
            title={home.forget(name)}
            onClick={() => recent.remove(meetingId)}
          />
        </li>
      ))}
    </ul>
  );
}
