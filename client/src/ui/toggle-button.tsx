import type { ComponentProps, ReactNode } from 'react';
import classes from './toggle-button.module.css';

interface Props {
  /** The accessible name; it stays the same in both states. */
  name: string;
  pressed: boolean;
  onToggle: () => void;
  on: ReactNode;
  /** Where it looks otherwise. */
  off?: ReactNode;
  /** Nothing is wrong, something is wrong with the device. */
  hasProblem?: boolean;
  busy?: boolean;
  /** Off is the usual state, and no warning: sharing a screen. */
  calm?: boolean;
  /** How many things wait behind it, and in words for who cannot see the number. */
  badge?: { count: number; words: string } | undefined;
}

/** A round button that is on or off, with its name beneath where there is room. */
export function ToggleButton({
  name,
  pressed,
  onToggle,
  on,
  off = on,
  hasProblem,
  busy,
  calm,
  badge,
}: Props) {
  return (
    <Round
      name={name}
      aria-description={badge && badge.count > 0 ? badge.words : undefined}
      aria-pressed={pressed}
      aria-busy={busy}
      data-calm={calm || undefined}
      data-problem={hasProblem || undefined}
      onClick={onToggle}
      icon={
        <>
          {pressed ? on : off}
          {hasProblem && <span className={classes.mark}>!</span>}
          {badge && badge.count > 0 && <span className={classes.mark}>{Math.min(99, badge.count)}</span>}
        </>
      }
    />
  );
}

type RoundProps = { name: string; icon: ReactNode } & ComponentProps<'button'>;

/** Looks like a toggle that is off in calm, and does or opens something. */
export function ToolButton(props: RoundProps) {
  return <Round {...props} data-calm />;
}

function Round({ name, icon, className = '', ...rest }: RoundProps & { 'data-calm'?: boolean | undefined }) {
  return (
    <button {...rest} type="button" className={`${classes.toggle} ${className}`} aria-label={name}>
      <span className={classes.face} aria-hidden="true">
        {icon}
      </span>
      <span className={classes.label} aria-hidden="true">
        {name}
      </span>
    </button>
  );
}
