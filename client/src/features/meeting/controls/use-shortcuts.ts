import { useEffect, useEffectEvent } from 'react';
import { type Commands, commandOf } from './commands.ts';

/** Where keys are written or have a meaning of their own. */
const OWN_KEYS = 'input, textarea, select, [contenteditable], [role="dialog"], [role="menu"]';

/** Runs commands by their keys, wherever the focus is, but never while somebody types. */
export function useShortcuts(commands: Commands, isOn: boolean): void {
  const run = useEffectEvent((event: KeyboardEvent) => {
    if (event.target instanceof Element && event.target.closest(OWN_KEYS)) return;
    const name = commandOf(event);
    const command = name && commands[name];
    if (!command) return;
    event.preventDefault();
    command();
  });
  useEffect(() => {
    if (!isOn) return;
    const listen = (event: KeyboardEvent): void => run(event);
    document.addEventListener('keydown', listen);
    return () => document.removeEventListener('keydown', listen);
  }, [isOn]);
}
