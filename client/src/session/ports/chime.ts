/** Short sounds that go with what is shown. */
export interface Chime {
  recordingStarted(): void;
  recordingStopped(): void;
}
