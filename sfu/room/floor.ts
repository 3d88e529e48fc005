import type { Announcer } from './announcer.ts';
import { Speakers } from './speakers.ts';

/** Who is audible in a room, and who has the floor, as everybody is shown it. */
export class Floor {
  readonly #announcer: Announcer;
  readonly #speakers = new Speakers();
  #dominant: string | undefined;

  constructor(announcer: Announcer) {
    this.#announcer = announcer;
  }

  /** @param loudest who was heard in the last interval, loudest first */
  heard(loudest: readonly string[], nowMs: number): void {
    if (this.#speakers.update(loudest, nowMs)) this.#tell();
  }

  dominant(connectionId: string): void {
    if (connectionId === this.#dominant) return;
    this.#dominant = connectionId;
    this.#tell();
  }

  left(connectionId: string): void {
    if (connectionId === this.#dominant) this.#dominant = undefined;
  }

  #tell(): void {
    const connectionIds = [...this.#speakers.current];
    const dominant = this.#dominant;
    this.#announcer.joined({
      name: 'speakersChanged',
      data: { connectionIds, ...(dominant && { dominant }) },
    });
  }
}
