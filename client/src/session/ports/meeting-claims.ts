/**
 * Which window of this browser is in a meeting as whom. One person in two windows would hear, and be heard through,
 * themselves; under different names they are different people, who share a browser.
 */
export interface MeetingClaims {
  /** Whether another window is in it now, as whomever. */
  isTaken(meetingId: string): Promise<boolean>;
  /**
   * From now on this person is in it in this window; the one that they were in is told.
   * @param lost called when yet another window takes it
   * @returns a function that lets go of it
   */
  take(meetingId: string, name: string, lost: () => void): () => void;
}
