/** What the browser does when somebody is about to leave the page. */
export interface LeaveGuard {
  /** From now on it asks first, and no swipe or pull alone leaves; until the returned function is called. */
  guard(): () => void;
}
