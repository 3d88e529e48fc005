import type { ScreenLock } from '../session/ports/screen-lock.ts';

/** Missing on a page without HTTPS and in older browsers, whatever the types say. */
const wakeLock = (): WakeLock | undefined => navigator.wakeLock;

export const browserScreenLock: ScreenLock = {
  get isShown() {
    return document.visibilityState === 'visible';
  },

  async take() {
    try {
      const sentinel = await wakeLock()?.request('screen');
      return sentinel && (() => void sentinel.release());
    } catch (cause) {
      // The meeting goes on all the same; the screen then does what the system is set to.
      console.info('screen-not-kept-on', cause);
      return undefined;
    }
  },

  watchShown(listener) {
    const tell = (): void => {
      if (document.visibilityState === 'visible') listener();
    };
    document.addEventListener('visibilitychange', tell);
    return () => document.removeEventListener('visibilitychange', tell);
  },
};
