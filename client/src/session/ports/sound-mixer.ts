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
