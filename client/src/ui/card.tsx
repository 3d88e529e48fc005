import { type ReactNode, useId } from 'react';
import classes from './card.module.css';

/** A part of a page that stands by itself, with a heading of its own. */
export function Card({ title, children }: { title: string; children: ReactNode }) {
  const titleId = useId();
  return (
    <section className={classes.card} aria-labelledby={titleId}>
      <h2 className={classes.title} id={titleId}>
        {title}
      </h2>
      {children}
    </section>
  );
}
