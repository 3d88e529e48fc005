import type { ReactNode } from 'react';
import classes from './toggle-button.module.css';

interface Props {
  /** The accessible name; it stays the same in both states. */
  name: string;
  pressed: boolean;
  onToggle: () => void;
  on: ReactNode;
  off: ReactNode;
  /** Nothing is wrong, something is wrong with the device. */
  hasProblem?: boolean;
  busy?: boolean;
  /** Off is the usual state, and no warning: sharing a screen. */
  calm?: boolean;
}

/** A round button that is on or off, with its name beneath where there is room. */
export function ToggleButton({ name, pressed, onToggle, on, off, hasProblem, busy, calm }: Props) {
  return (
    <button
      type="button"
      className={classes.toggle}
      aria-label={name}
      aria-pressed={pressed}
      aria-busy={busy}
      data-calm={calm || undefined}
      data-problem={hasProblem || undefined}
      onClick={onToggle}
    >
      <span className={classes.face} aria-hidden="true">
        {pressed ? on : off}
        {hasProblem && <span className={classes.mark}>!</span>}
      </span>
      <span className={classes.label} aria-hidden="true">
        {name}
      </span>
    </button>
  );
}
