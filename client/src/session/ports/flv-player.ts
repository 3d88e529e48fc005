/** Plays FLV files in video elements. */
export interface FlvPlayer {
  /**
   * Loads the player on first use, and the file into the element, which stands at its beginning. What is needed soon is
   * fetched in pieces, so that a group of files shares the few connections that a browser opens.
   */
  open(video: HTMLVideoElement, url: string, options: FlvOptions): Promise<OpenFlv>;
}

export interface OpenFlv {
  /**
   * How far the file could be sought in when it was opened, in milliseconds: the index of one that grows is behind its
   * end. 0 while nothing is known.
   */
  readonly indexedMs: number;
  /** Goes there, 0 or more from the file's beginning; to be asked for once the element knows something of the file. */
  seek(toMs: number): void;
  /** Empties the element. */
  close(): void;
}

export interface FlvOptions {
  /** False: its sound alone is decoded. */
  picture: boolean;
  /** Whether more may come behind the end of the file; asked again whenever the end is reached. */
  isGrowing: () => boolean;
  /** Called when the file cannot be played any further, with the player's own words. */
  failed: (detail: string) => void;
}
