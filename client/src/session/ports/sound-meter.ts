/** Measures how loud a sound is while it is captured. */
export interface SoundMeter {
  /**
   * Calls `listener` several times a second with the loudness, from 0 (silence) to 1 (as loud as speech gets), until the
   * returned function is called.
   */
  watch(track: MediaStreamTrack, listener: (level: number) => void): () => void;
}
