import { type ReactNode, useEffect, useMemo, useState } from 'react';
import { useServices } from '../services/services.ts';
import type { Text } from '../text/en/en.ts';
import { type Language, loadText } from '../text/languages.ts';
import { LanguageContext } from '../text/use-language.ts';
import { TextContext } from '../text/use-text.ts';

/** Gives the pages their words, and keeps the choice of language for the next visit. */
export function LanguageProvider(props: { initial: Language; text: Text; children: ReactNode }) {
  const { preferences } = useServices();
  const [current, setCurrent] = useState({ language: props.initial, text: props.text });
  const { language, text } = current;

  useEffect(() => {
    document.documentElement.lang = text.locale;
  }, [text]);

  const choice = useMemo(() => {
    const choose = async (next: Language) => {
      const loaded = await loadText(next);
      preferences.language = next;
      setCurrent({ language: next, text: loaded });
    };
    return { language, choose };
  }, [language, preferences]);

  return (
    <LanguageContext value={choice}>
      <TextContext value={text}>{props.children}</TextContext>
    </LanguageContext>
  );
}
