import { useSyncExternalStore } from 'react';

export interface Mode {
  isOn: boolean;
  toggle: () => void;
}

function subscribe(listener: () => void): () => void {
  document.addEventListener('fullscreenchange', listener);
  return () => document.removeEventListener('fullscreenchange', listener);
}

/** The whole page, with its dialogs, on the whole screen; undefined where the browser does not offer it (iPhones). */
export function useFullscreen(): Mode | undefined {
  const isOn = useSyncExternalStore(subscribe, () => document.fullscreenElement !== null);
  if (!document.fullscreenEnabled) return undefined;
  const toggle = async (): Promise<void> => {
    // As it is now: two presses may come before the page is drawn anew.
    if (document.fullscreenElement) await document.exitFullscreen();
    else await document.documentElement.requestFullscreen();
  };
  return {
    isOn,
    toggle: () => {
      toggle().catch((cause: unknown) => console.warn('fullscreen-refused', cause));
    },
  };
}
