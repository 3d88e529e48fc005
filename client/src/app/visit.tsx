import { type ReactNode, useCallback, useEffect, useState } from 'react';
import { useText } from '../text/use-text.ts';
import { PageFrame } from '../ui/page-frame.tsx';
import { ResultPage } from '../ui/result-page.tsx';

interface Session {
  start(): unknown;
  close(): void;
}

interface Props<T extends Session> {
  /** Answers undefined in a browser without WebRTC; the same function for the same visit. */
  open: () => Promise<T | undefined>;
  /** @param again begins another visit, with another session */
  children: (session: T, again: () => void) => ReactNode;
}

/**
 * Opens something that lasts as long as its page is shown, and starts it. When the page goes away everything is
 * released (P6); a page that comes back out of the browser's cache begins another visit.
 */
export function Visit<T extends Session>(props: Props<T>) {
  const [count, setCount] = useState(0);
  const again = useCallback(() => setCount((before) => before + 1), []);
  return <OneVisit key={count} again={again} {...props} />;
}

function OneVisit<T extends Session>({ open, children, again }: Props<T> & { again: () => void }) {
  const { unsupported } = useText();
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
      if (persisted) again();
    };
    window.addEventListener('pagehide', close);
    window.addEventListener('pageshow', comeBack);
    return () => {
      isGone = true;
      window.removeEventListener('pagehide', close);
      window.removeEventListener('pageshow', comeBack);
      close();
    };
  }, [open, again]);
  if (visit === 'opening') return <PageFrame>{null}</PageFrame>;
  if (visit !== 'unsupported') return children(visit, again);
  return (
    <PageFrame>
      <ResultPage title={unsupported.title}>{unsupported.body}</ResultPage>
    </PageFrame>
  );
}
