/** Keeps a screen from going dark (W3C Screen Wake Lock). */
export interface ScreenLock {
  readonly isShown: boolean;
  /**
   * The page is shown. The browser takes the lock back by itself whenever the page is hidden.
   * @returns gives it back; undefined where the browser gives none, on a low battery for instance
   */
  take(): Promise<(() => void) | undefined>;
  /** Calls `listener` whenever the page is shown again; the returned function ends it. */
  watchShown(listener: () => void): () => void;
}

/** What the browser does when somebody is about to leave the page. */
export interface LeaveGuard {
  /** From now on it asks first, and no swipe or pull alone leaves; until the returned function is called. */
  guard(): () => void;
}
