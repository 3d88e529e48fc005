import type { ReactNode } from 'react';
import classes from './result-page.module.css';

/** A page that says how something ended, and what can be done next. */
export function ResultPage({
  title,
  children,
  actions,
}: {
  title: string;
  children?: ReactNode;
  actions?: ReactNode;
}) {
  return (
    <section className={classes.result}>
      <h1 className={classes.title}>{title}</h1>
      {children && <div className={classes.body}>{children}</div>}
      {actions && <div className={classes.actions}>{actions}</div>}
    </section>
  );
}
