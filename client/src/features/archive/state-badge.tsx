import type { ReactNode } from 'react';
import classes from './archive.module.css';

export function StateBadge({ live, warn, children }: { live: boolean; warn: boolean; children: ReactNode }) {
  return (
    <span className={classes.badge} data-live={live || undefined} data-warn={warn || undefined}>
      {children}
    </span>
  );
}
