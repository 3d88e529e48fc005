import { Button, CloseButton } from '@mantine/core';
import type { ReactNode } from 'react';
import { useText } from '../text/use-text.ts';
import classes from './notice.module.css';

/** Something that the person should know, in the flow of the page. `alert` is read aloud at once. */
export function Notice({
  kind,
  children,
  button,
  links,
  onDismiss,
}: {
  kind: 'info' | 'warning' | 'error';
  children: ReactNode;
  /** What can be done about it; `main`: what everybody will want. */
  button?: { words: string; press: () => void; main?: true } | false | undefined;
  links?: ReactNode;
  /** Where it stays until it has been read. */
  onDismiss?: () => void;
}) {
  const { meeting: text } = useText();
  return (
    <div className={classes.notice} data-kind={kind} role={kind === 'error' ? 'alert' : undefined}>
      <div className={classes.words}>{children}</div>
      {(links || button || onDismiss) && (
        <span className={classes.actions}>
          {links}
          {button && (
            <Button size="xs" variant={button.main ? 'filled' : 'default'} onClick={button.press}>
              {button.words}
            </Button>
          )}
          {onDismiss && <CloseButton size="sm" aria-label={text.dismiss} onClick={onDismiss} />}
        </span>
      )}
    </div>
  );
}
