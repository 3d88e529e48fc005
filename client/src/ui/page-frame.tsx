import type { ReactNode } from 'react';
import { Link } from 'react-router';
import { useText } from '../text/use-text.ts';
import { LanguageToggle } from './language-toggle.tsx';
import classes from './page-frame.module.css';
import { ThemeToggle } from './theme-toggle.tsx';
import { Wordmark } from './wordmark.tsx';

/** Header and main part of every page but the meeting room. */
export function PageFrame({ children, actions }: { children: ReactNode; actions?: ReactNode }) {
  const text = useText();
  return (
    <>
      <a className={classes.skip} href="#main">
        {text.frame.skip}
      </a>
      <header className={classes.header}>
        <Link className={classes.home} to="/" aria-label={text.frame.home}>
          <Wordmark name={text.product} />
        </Link>
        <div className={classes.actions}>
          {actions}
          <LanguageToggle />
          <ThemeToggle />
        </div>
      </header>
      <main className={classes.main} id="main">
        {children}
      </main>
    </>
  );
}
