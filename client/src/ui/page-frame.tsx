import { ActionIcon, Button, useComputedColorScheme, useMantineColorScheme } from '@mantine/core';
import { IconMoon, IconSun } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import { languages } from '../text/languages.ts';
import { useLanguage } from '../text/use-language.ts';
import { useText } from '../text/use-text.ts';
import classes from './page-frame.module.css';

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

/** The sign: a closing quotation mark, whose second stroke is the recording light. */
function Wordmark({ name }: { name: string }) {
  return (
    <span className={classes.wordmark}>
      <svg className={classes.icon} viewBox="0 0 32 32" aria-hidden="true">
        <rect width="32" height="32" rx="9" fill="var(--v-accent)" />
        <path
          d="M7.5 10.5h6v6.2c0 3.5-1.9 5.7-5.2 6.4l-.6-2.1c1.7-.6 2.6-1.6 2.8-3.1h-3z"
          fill="var(--v-card)"
        />
        <circle cx="21" cy="14" r="4.2" fill="var(--v-live)" />
      </svg>
      <span className={classes.name}>{name}</span>
    </span>
  );
}

/** The other language, named in itself, so that whoever reads no English finds it. */
function LanguageToggle() {
  const { language, choose } = useLanguage();
  const other = language === 'en' ? 'zh' : 'en';
  return (
    // Words that cannot be loaded leave the page in the language that it has.
    <Button
      variant="subtle"
      color="gray"
      size="compact-md"
      fw={500}
      lang={other}
      onClick={() => void choose(other).catch(() => undefined)}
    >
      {languages[other]}
    </Button>
  );
}

/** Light and dark follow the system until this is pressed. */
function ThemeToggle() {
  const { frame: text } = useText();
  const { setColorScheme } = useMantineColorScheme();
  const isDark = useComputedColorScheme('light', { getInitialValueInEffect: false }) === 'dark';
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      size="lg"
      aria-label={isDark ? text.toLight : text.toDark}
      onClick={() => setColorScheme(isDark ? 'light' : 'dark')}
    >
      {isDark ? <IconSun size={20} stroke={1.7} /> : <IconMoon size={20} stroke={1.7} />}
    </ActionIcon>
  );
}
