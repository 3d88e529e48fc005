import { IconKeyboard } from '@tabler/icons-react';
import type { KeyboardEvent } from 'react';
import { type GroupPlayback, RATES } from '#client/session/playback/group-playback.ts';
import { useText } from '#client/text/use-text.ts';
import classes from './player-controls.module.css';

const STEP_MS = 5000;
const JUMP_MS = 10_000;

/**
 * What keys do while the focus is within the player, and only then (WCAG 2.1.4): elsewhere they belong to the page, and to
 * whatever reads it aloud.
 */
export function usePlayerKeys(
  playback: GroupPlayback,
  toggleFullscreen: (() => void) | undefined,
): (event: KeyboardEvent) => void {
  const changeRate = (by: number): void => {
    const { rate } = playback.getSnapshot();
    const next = RATES[RATES.indexOf(rate) + by];
    if (next !== undefined) playback.setRate(next);
  };
  const actions: Record<string, () => void> = {
    ' ': () => playback.toggle(),
    k: () => playback.toggle(),
    ArrowLeft: () => playback.skip(-STEP_MS),
    ArrowRight: () => playback.skip(STEP_MS),
    j: () => playback.skip(-JUMP_MS),
    l: () => playback.skip(JUMP_MS),
    '<': () => changeRate(-1),
    '>': () => changeRate(1),
    m: () => playback.toggleSilence(),
    s: () => playback.toggleFollowing(),
    f: () => toggleFullscreen?.(),
  };
  return (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const action = actions[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!action || belongsToControl(event)) return;
    event.preventDefault();
    action();
  };
}

/** The space bar presses the button that has the focus; a list and the volume have arrows of their own. */
function belongsToControl({ key, target }: KeyboardEvent): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (key === ' ') return target.matches('button, summary, select');
  if (target.matches('select')) return true;
  return key.startsWith('Arrow') && target.matches('[data-own-arrows]');
}

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
