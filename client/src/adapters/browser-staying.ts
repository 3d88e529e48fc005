import type { LeaveGuard, ScreenLock } from '../session/ports/staying.ts';

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

let guards = 0;

export const browserLeaveGuard: LeaveGuard = {
  guard() {
    guards += 1;
    // Only while somebody wants it: a page with such a listener is not kept for "back" by some browsers.
    if (guards === 1) {
      window.addEventListener('beforeunload', ask);
      document.documentElement.style.overscrollBehavior = 'none';
    }
    return () => {
      guards -= 1;
      if (guards > 0) return;
      window.removeEventListener('beforeunload', ask);
      document.documentElement.style.overscrollBehavior = '';
    };
  },
};

/** The browser asks in its own words, and only whoever has touched the page (HTML §7.4.4). */
function ask(event: BeforeUnloadEvent): void {
  event.preventDefault();
}
