import { useEffect, useEffectEvent } from 'react';

/** What can be done from the keyboard, and by which key. Letters, whatever the case. */
export const KEYS = {
  microphone: 'm',
  camera: 'v',
  screen: 's',
  hand: 'h',
  chat: 'c',
  people: 'p',
  previousPage: 'PageUp',
  nextPage: 'PageDown',
  fullscreen: 'f',
  pictureInPicture: 'i',
  help: '?',
} as const;

export type CommandName = keyof typeof KEYS;
/** What this browser can do; a command that is not there has no key. */
export type Commands = { readonly [Name in CommandName]?: (() => void) | undefined };

export const COMMAND_NAMES = Object.keys(KEYS) as readonly CommandName[];

type KeyPress = Pick<
  KeyboardEvent,
  'altKey' | 'ctrlKey' | 'defaultPrevented' | 'isComposing' | 'key' | 'metaKey' | 'repeat'
>;

/** The command of a key that was pressed by itself: with Ctrl, Alt or Meta it is the browser's, held down it is one press. */
export function commandOf(press: KeyPress): CommandName | undefined {
  const { altKey, ctrlKey, defaultPrevented, isComposing, metaKey, repeat } = press;
  if (altKey || ctrlKey || defaultPrevented || isComposing || metaKey || repeat) return undefined;
  const key = press.key.length === 1 ? press.key.toLowerCase() : press.key;
  return COMMAND_NAMES.find((name) => KEYS[name] === key);
}

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
