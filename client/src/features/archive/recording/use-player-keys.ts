import type { KeyboardEvent } from 'react';
import { type GroupPlayback, RATES } from '#client/session/playback/group-playback.ts';

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
