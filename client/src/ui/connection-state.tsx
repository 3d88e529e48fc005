import { useText } from '../text/use-text.ts';
import classes from './connection-state.module.css';

/** The socket's state, always in words (P1). */
export function ConnectionState({ status }: { status: 'connecting' | 'connected' | 'lost' | 'refused' }) {
  const { connection } = useText();
  return (
    <span className={classes.state} data-status={status} role="status" aria-label={connection.label}>
      <span className={classes.dot} aria-hidden="true" />
      {connection[status]}
    </span>
  );
}
