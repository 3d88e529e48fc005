import { expect, test } from 'vitest';
import { languageFor, loadText } from './languages.ts';

test.each([
  ['', ['de-DE', 'zh-Hans-CN', 'en'], 'zh'],
  ['', ['en-GB', 'zh'], 'en'],
  ['en', ['zh-CN'], 'en'],
  ['zh', ['en'], 'zh'],
  ['xx', [], 'en'],
] as const)('chosen “%s” before %j is %s', (chosen, preferred, language) => {
  expect(languageFor(chosen, preferred)).toBe(language);
});

/** Every word of a language by its path; what takes arguments is left out. */
function words(text: object, path = ''): [string, string][] {
  return Object.entries(text).flatMap(([key, value]): [string, string][] => {
    if (typeof value === 'object') return words(value, `${path}${key}.`);
    return typeof value === 'string' ? [[path + key, value]] : [];
  });
}

test('nothing is left in English in the Chinese pages', async () => {
  const own = new Set(['product']);
  const chinese = words(await loadText('zh')).filter(([path]) => !own.has(path) && path !== 'locale');
  expect(chinese.filter(([, word]) => !/\p{Script=Han}/u.test(word))).toEqual([]);
});
