/** Measures how loud a sound is while it is captured. */
export interface SoundMeter {
  /**
   * Calls `listener` several times a second with the loudness, from 0 (silence) to 1 (as loud as speech gets), until the
   * returned function is called.
   */
  watch(track: MediaStreamTrack, listener: (level: number) => void): () => void;
}

/**
 * Plays the sound of many elements as one. On a phone (iOS) an element that becomes audible pauses every other one that is;
 * and it leaves the volume of elements to its keys.
 */
export interface SoundMixer {
  /** From now on this element is heard through the mixer alone; it may come back after it was closed. */
  add(element: HTMLMediaElement): MixedSound;
  /** To be called when the person presses something: until then a browser may hold all sound back. */
  wake(): void;
}

export interface MixedSound {
  /** @param gain 0 (silence) to 1 (as it is) */
  setGain(gain: number): void;
  close(): void;
}

/** Short sounds that go with what is shown. */
export interface Chime {
  recordingStarted(): void;
  recordingStopped(): void;
}
