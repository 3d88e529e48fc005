import type { LeaveGuard } from '../session/ports/leave-guard.ts';

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
