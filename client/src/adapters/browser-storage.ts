import type { Storage } from '../session/ports/storage.ts';

/** localStorage where the browser has it; in its absence (blocked, or full) things are kept for this visit. */
export function browserStorage(): Storage {
  const visit = new Map<string, string>();
  return {
    read(key) {
      try {
        return window.localStorage.getItem(key) ?? visit.get(key);
      } catch {
        return visit.get(key); // The browser blocks storage for this site.
      }
    },
    write(key, value) {
      visit.set(key, value);
      try {
        window.localStorage.setItem(key, value);
      } catch {
        return; // Blocked or full: `visit` has it.
      }
    },
  };
}
