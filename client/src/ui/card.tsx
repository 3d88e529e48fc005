import { type ReactNode, useId } from 'react';
import classes from './card.module.css';

/** A part of a page that stands by itself, with a heading of its own. */
export function Card({
  title,
  children,
  compact,
  titleId,
}: {
  title: string;
  children: ReactNode;
  /** Beneath what a page is about. */
  compact?: boolean;
  titleId?: string;
}) {
  const madeId = useId();
  const id = titleId ?? madeId;
  return (
    <section className={classes.card} data-compact={compact} aria-labelledby={id}>
      <h2 className={classes.title} id={id}>
        {title}
      </h2>
      {children}
    </section>
  );
}
