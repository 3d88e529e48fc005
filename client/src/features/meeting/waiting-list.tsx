import { Button, CloseButton } from '@mantine/core';
import type { Waiting } from '#protocol/meeting-state.ts';
import type { MeetingSession } from '../../session/meeting/meeting-session.ts';
import { useText } from '../../text/use-text.ts';
import classes from './people-panel.module.css';

/** For the host: who waits to be let in, in the order in which they came. */
export function WaitingList({ session, waiting }: { session: MeetingSession; waiting: readonly Waiting[] }) {
  const { people: text } = useText();
  if (waiting.length === 0) return null;
  return (
    <section className={classes.waiting} aria-label={text.waitingTitle}>
      <h3 className={classes.subtitle}>{text.waitingTitle}</h3>
      <ul className={classes.list}>
        {waiting.map(({ connectionId, name }) => (
          <li key={connectionId} className={classes.person}>
            <span className={classes.name}>{name}</span>
            <Button
              size="compact-sm"
              aria-label={text.admit(name)}
              onClick={() => void session.host.admit(connectionId)}
            >
              {text.admitShort}
            </Button>
            <CloseButton
              size="sm"
              aria-label={text.refuse(name)}
              onClick={() => void session.host.refuse(connectionId)}
            />
          </li>
        ))}
      </ul>
      {waiting.length > 1 && (
        <Button size="compact-sm" variant="default" mt="xs" onClick={() => void session.host.admit()}>
          {text.admitAll}
        </Button>
      )}
    </section>
  );
}
