import { useEffect, useState } from 'react';

interface Visit {
  start(): unknown;
  close(): void;
}

/**
 * Opens something that lasts as long as its page is shown, and starts it. When the page goes away everything is
 * released (P6).
 * @param open answers undefined in a browser without WebRTC
 * @param onAgain called when the page comes back out of the browser's cache, with a visit that has ended
 */
export function useVisit<T extends Visit>(
  open: () => Promise<T | undefined>,
  onAgain: () => void,
): T | 'opening' | 'unsupported' {
  const [visit, setVisit] = useState<T | 'opening' | 'unsupported'>('opening');
  useEffect(() => {
    let isGone = false;
    let opened: T | undefined;
    open().then((answer) => {
      if (isGone) return;
      opened = answer;
      opened?.start();
      setVisit(opened ?? 'unsupported');
    });
    const close = (): void => opened?.close();
    const comeBack = ({ persisted }: PageTransitionEvent): void => {
      if (persisted) onAgain();
    };
    window.addEventListener('pagehide', close);
    window.addEventListener('pageshow', comeBack);
    return () => {
      isGone = true;
      window.removeEventListener('pagehide', close);
      window.removeEventListener('pageshow', comeBack);
      close();
    };
  }, [open, onAgain]);
  return visit;
}
