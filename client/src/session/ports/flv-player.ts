/** Plays FLV files in a video element. */
export interface FlvPlayer {
  /**
   * Loads the player on first use and starts playing. With `live` the address is a file that still grows.
   * @param failed called when the file cannot be played any further, with the player's own words
   * @returns a function that ends it and empties the element
   */
  play(
    video: HTMLVideoElement,
    url: string,
    options: { live: boolean; failed: (detail: string) => void },
  ): Promise<() => void>;
}
