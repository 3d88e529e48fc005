import type { ReactNode } from 'react';
import classes from './notice.module.css';

/** Something that the person should know, in the flow of the page. `alert` is read aloud at once. */
export function Notice({
  kind,
  children,
  action,
}: {
  kind: 'info' | 'warning' | 'error';
  children: ReactNode;
  action?: ReactNode;
}) {
  return (
    <div className={classes.notice} data-kind={kind} role={kind === 'error' ? 'alert' : undefined}>
      <div className={classes.words}>{children}</div>
      {action}
    </div>
  );
}
