import type { ComponentProps, ReactNode } from 'react';
import classes from './toggle-button.module.css';

/** Looks like a toggle that is off in calm, and opens something. */
export function ToolButton({
  name,
  icon,
  ...rest
}: { name: string; icon: ReactNode } & ComponentProps<'button'>) {
  return (
    <button {...rest} type="button" className={classes.toggle} aria-label={name} data-calm>
      <span className={classes.face} aria-hidden="true">
        {icon}
      </span>
      <span className={classes.label} aria-hidden="true">
        {name}
      </span>
    </button>
  );
}
