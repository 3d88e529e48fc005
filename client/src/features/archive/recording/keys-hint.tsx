import { IconKeyboard } from '@tabler/icons-react';
import { useText } from '#client/text/use-text.ts';
import classes from './player-controls.module.css';

const KEYS = [
  ['K', 'play'],
  ['← →', 'step'],
  ['J L', 'jump'],
  ['< >', 'speed'],
  ['M', 'silence'],
  ['S', 'follow'],
  ['F', 'fullscreen'],
] as const;

/** Which keys there are. */
export function KeysHint() {
  const { player: text } = useText();
  return (
    <details className={classes.keys}>
      <summary className={classes.control} aria-label={text.keys} title={text.keys}>
        <IconKeyboard size={20} />
      </summary>
      <div className={classes.keysCard}>
        <p>{text.keysTitle}</p>
        <dl>
          {KEYS.map(([keys, what]) => (
            <div key={what}>
              <dt>{what === 'play' ? `${text.keyWords.space}, ${keys}` : keys}</dt>
              <dd>{text.keyWords[what]}</dd>
            </div>
          ))}
        </dl>
      </div>
    </details>
  );
}
