/** Which window of this browser is in a meeting: two of them would hear, and be heard through, each other. */
export interface MeetingClaims {
  /** Whether another window is in it now. */
  isTaken(meetingId: string): Promise<boolean>;
  /**
   * From now on it is this window; the one that was in it is told.
   * @param lost called when yet another window takes it
   * @returns a function that lets go of it
   */
  take(meetingId: string, lost: () => void): () => void;
}
