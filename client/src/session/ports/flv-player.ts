/** Plays FLV files in video elements. */
export interface FlvPlayer {
  /**
   * Loads the player on first use, and the file into the element, which stands at its beginning. With `live` the
   * address is a file that still grows; with `picture` false its sound alone is decoded.
   * @param failed called when the file cannot be played any further, with the player's own words
   * @returns a function that closes the file and empties the element
   */
  open(
    video: HTMLVideoElement,
    url: string,
    options: { live: boolean; picture?: boolean; failed: (detail: string) => void },
  ): Promise<() => void>;
}
