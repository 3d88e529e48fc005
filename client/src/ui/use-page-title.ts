import { useDocumentTitle } from '@mantine/hooks';
import { useText } from '../text/use-text.ts';

/** Names the browser's tab after what it shows; the product alone where there is nothing more precise. */
export function usePageTitle(title: string | undefined): void {
  const { product } = useText();
  useDocumentTitle(title ? `${title} · ${product}` : product);
}
