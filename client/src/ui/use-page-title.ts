import { useEffect } from 'react';
import { useText } from '../text/use-text.ts';

/** Names the browser's tab after what it shows; the product alone where there is nothing more precise. */
export function usePageTitle(title: string | undefined): void {
  const { product } = useText();
  useEffect(() => {
    document.title = title ? `${title} · ${product}` : product;
  }, [title, product]);
}
