import { Button } from '@mantine/core';
import { languages } from '../text/languages.ts';
import { useLanguage } from '../text/use-language.ts';

/** The other language, named in itself, so that whoever reads no English finds it. */
export function LanguageToggle() {
  const { language, choose } = useLanguage();
  const other = language === 'en' ? 'zh' : 'en';
  return (
    // Words that cannot be loaded leave the page in the language that it has.
    <Button
      variant="subtle"
      color="gray"
      size="compact-md"
      fw={500}
      lang={other}
      onClick={() => void choose(other).catch(() => undefined)}
    >
      {languages[other]}
    </Button>
  );
}
