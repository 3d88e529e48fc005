import { IconKeyboard } from '@tabler/icons-react';
import { useText } from '../../../text/use-text.ts';
import classes from './player-controls.module.css';

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
          {text.keyWords.map(([keys, words]) => (
            <div key={keys}>
              <dt>{keys}</dt>
              <dd>{words}</dd>
            </div>
          ))}
        </dl>
      </div>
    </details>
  );
}
