import { useMediaQuery } from '@mantine/hooks';

/** Whether the page is as narrow as a phone, where lists take the place of tables. */
export function useIsNarrow(): boolean {
  return useMediaQuery('(max-width: 44rem)', undefined, { getInitialValueInEffect: false }) ?? false;
}
