import type { RequestParams } from '#protocol/signalling.ts';
import type { SignallingConnection } from '../ports/signalling.ts';

/** A video that the page shows, and its tile's size in device pixels. */
export type VisibleVideo = RequestParams<'setVisibleVideos'>['videos'][number];

/**
 * Tells the server which videos the page shows, one request at a time: what changes meanwhile, while a window is drawn
 * larger for instance, is told once afterwards.
 */
export class VisibleVideos {
  #connection: SignallingConnection | undefined;
  #wanted: readonly VisibleVideo[] | undefined;
  /** What the server knows, as text. */
  #told: string | undefined;
  #isAsking = false;

  start(connection: SignallingConnection): void {
    this.#connection = connection;
    this.#told = undefined;
    void this.tell();
  }

  /** What is shown is remembered for the next start. */
  stop(): void {
    this.#connection = undefined;
  }

  /** Until it is called for the first time, every video counts as visible. */
  show(videos: readonly VisibleVideo[]): void {
    this.#wanted = videos;
    void this.tell();
  }

  has(producerId: string): boolean {
    return this.#wanted === undefined || this.#wanted.some((video) => video.producerId === producerId);
  }

  /** Also called once the server can be asked again. */
  async tell(): Promise<void> {
    if (this.#isAsking) return;
    this.#isAsking = true;
    while (await this.#tellOnce());
    this.#isAsking = false;
  }

  /** False when there is nothing to tell, or no use in trying at once. */
  async #tellOnce(): Promise<boolean> {
    const connection = this.#connection;
    const videos = this.#wanted;
    const text = JSON.stringify(videos);
    if (!connection || !videos || text === this.#told) return false;
    try {
      await connection.request('setVisibleVideos', { videos: [...videos] });
      if (this.#connection === connection) this.#told = text;
      return true;
    } catch {
      // Over a connection that is still the same one: told again when it is back, or when something else is shown.
      return this.#connection !== connection;
    }
  }
}
