import { type RefObject, useEffect, useState } from 'react';

export interface Fullscreen {
  /** False where a browser has no full screen for anything but a video: iPhones. */
  isPossible: boolean;
  isOn: boolean;
  toggle: () => void;
}

/** Full screen of one element. */
export function useFullscreen(element: RefObject<HTMLElement | null>): Fullscreen {
  const [isOn, setOn] = useState(false);
  useEffect(() => {
    const look = (): void =>
      setOn(document.fullscreenElement === element.current && element.current !== null);
    document.addEventListener('fullscreenchange', look);
    return () => document.removeEventListener('fullscreenchange', look);
  }, [element]);
  const toggle = (): void => {
    const change = document.fullscreenElement
      ? document.exitFullscreen()
      : element.current?.requestFullscreen();
    // Refused by the browser's settings: the page then stays as it is.
    change?.catch(() => undefined);
  };
  return { isPossible: document.fullscreenEnabled, isOn, toggle };
}
