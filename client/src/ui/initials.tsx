import classes from './initials.module.css';

const HUES = [165, 200, 235, 270, 310, 345, 20, 45, 95] as const;

/** The first letters of the first and the last word, as people abbreviate names; one sign for a one-word name. */
function initialsOf(name: string): string {
  const words = name.trim().split(/\s+/);
  const [first = '', last = ''] = [words[0], words.length > 1 ? words.at(-1) : ''];
  return [first, last]
    .map((word) => [...word][0] ?? '')
    .join('')
    .toLocaleUpperCase();
}

/** Stands for a person without a picture; the colour is always the same for the same name. */
export function Initials({ name }: { name: string }) {
  const sum = [...name].reduce((total, letter) => (total * 31 + (letter.codePointAt(0) ?? 0)) % 9973, 7);
  return (
    <span
      className={classes.initials}
      style={{ '--hue': HUES[sum % HUES.length] } as React.CSSProperties}
      aria-hidden="true"
    >
      {initialsOf(name)}
    </span>
  );
}
