import { createContext, useContext } from 'react';
import type { Language } from './languages.ts';

/** The language of the pages, and how to change it. */
export interface LanguageChoice {
  language: Language;
  /** @throws when the words cannot be loaded; the language stays as it is */
  choose(language: Language): Promise<void>;
}

export const LanguageContext = createContext<LanguageChoice>({
  language: 'en',
  choose: async () => undefined,
});

export function useLanguage(): LanguageChoice {
  return useContext(LanguageContext);
}
