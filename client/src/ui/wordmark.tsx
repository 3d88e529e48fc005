import classes from './wordmark.module.css';

/** The sign: a closing quotation mark, whose second stroke is the recording light. */
export function Wordmark({ name }: { name: string }) {
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
