import type { ReactNode } from 'react';
import type { RecordingSummary } from '#protocol/http/recordings.ts';
import { useText } from '../../text/use-text.ts';
import classes from './archive.module.css';

export function StateBadge({ live, warn, children }: { live: boolean; warn: boolean; children: ReactNode }) {
  return (
    <span className={classes.badge} data-live={live || undefined} data-warn={warn || undefined}>
      {children}
    </span>
  );
}

export function RecordingState({ state }: Pick<RecordingSummary, 'state'>) {
  const { archive: text } = useText();
  return (
    <StateBadge live={state === 'recording'} warn={state === 'interrupted'}>
      {text.state[state]}
    </StateBadge>
  );
}
