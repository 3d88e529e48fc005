import type { ReactNode } from 'react';
import classes from './player-controls.module.css';

/** A sign that does something, or switches it on and off. */
export function PlayerButton({
  className = classes.control,
  label,
  press,
  isOn,
  main,
  children,
}: {
  /** Where it is none of the bar below the pictures. */
  className?: string | undefined;
  label: string;
  press: () => void;
  /** For what is switched on and off. */
  isOn?: boolean;
  main?: boolean;
  children: ReactNode;
}) {
  return (
    <button
      type="button"
      className={className}
      data-main={main}
      aria-label={label}
      aria-pressed={isOn}
      title={label}
      onClick={press}
    >
      {children}
    </button>
  );
}
