import { CloseButton } from '@mantine/core';
import type { ReactNode } from 'react';
import classes from './side-panel.module.css';

/** Something beside the pictures; over them where there is no room beside. */
export function SidePanel({
  title,
  closeLabel,
  onClose,
  children,
}: {
  title: string;
  closeLabel: string;
  onClose: () => void;
  children: ReactNode;
}) {
  return (
    <aside className={classes.panel} aria-label={title}>
      <header className={classes.header}>
        <h2 className={classes.title}>{title}</h2>
        <CloseButton aria-label={closeLabel} onClick={onClose} />
      </header>
      {children}
    </aside>
  );
}
