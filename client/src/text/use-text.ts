import { createContext, useContext } from 'react';
import { en, type Text } from './en/en.ts';

export const TextContext = createContext<Text>(en);

/** The words of this person's language. */
export function useText(): Text {
  return useContext(TextContext);
}
