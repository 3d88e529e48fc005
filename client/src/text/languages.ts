import { en, type Text } from './en/en.ts';

/** The languages of the pages, each named in itself. Any but English is loaded when it is needed. */
export const languages = { en: 'English', zh: '中文' } as const;
export type Language = keyof typeof languages;

export async function loadText(language: Language): Promise<Text> {
  return language === 'zh' ? (await import('./zh/zh.ts')).zh : en;
}

/**
 * @param chosen what the person chose earlier, or empty
 * @param preferred the browser's languages, the best first (BCP 47)
 * @returns the first that there are words in; English when there is none
 */
export function languageFor(chosen: string, preferred: readonly string[]): Language {
  for (const tag of [chosen, ...preferred]) {
    const language = tag.toLowerCase().split('-')[0];
    if (language === 'en' || language === 'zh') return language;
  }
  return 'en';
}
