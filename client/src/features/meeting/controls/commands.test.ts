import { expect, test } from 'vitest';
import { COMMAND_NAMES, commandOf, KEYS } from './commands.ts';

const press = (key: string, change: object = {}) => ({
  key,
  altKey: false,
  ctrlKey: false,
  defaultPrevented: false,
  isComposing: false,
  metaKey: false,
  repeat: false,
  ...change,
});

test('each key is one command', () => {
  expect(COMMAND_NAMES.map((name) => commandOf(press(KEYS[name])))).toEqual(COMMAND_NAMES);
});

test('capitals count, other keys do not', () => {
  expect(commandOf(press('M'))).toBe('microphone');
  expect(commandOf(press('x'))).toBeUndefined();
  expect(commandOf(press('Enter'))).toBeUndefined();
});

test.each(['altKey', 'ctrlKey', 'defaultPrevented', 'isComposing', 'metaKey', 'repeat'])(
  'with %s it is no command',
  (what) => {
    expect(commandOf(press('p', { [what]: true }))).toBeUndefined();
  },
);
