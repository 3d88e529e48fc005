/** Somebody who falls silent for less than this is still speaking: pauses between words are not the end of a turn. */
export const SPEAKER_HOLD_MS = 1000;
/** People named at once; the protocol carries no more. */
export const MAX_SPEAKERS = 16;

/** Turns loudness measurements into "who is speaking from now on". */
export class Speakers {
  readonly #heardAtMs = new Map<string, number>();
  #current: readonly string[] = [];

  get current(): readonly string[] {
    return this.#current;
  }

  /**
   * @param loudest who was heard in the last interval, loudest first
   * @returns the new list, loudest first, when somebody began or ended; undefined when nobody did
   */
  update(loudest: readonly string[], nowMs: number): readonly string[] | undefined {
    for (const connectionId of loudest) this.#heardAtMs.set(connectionId, nowMs);
    for (const [connectionId, atMs] of this.#heardAtMs) {
      if (nowMs - atMs >= SPEAKER_HOLD_MS) this.#heardAtMs.delete(connectionId);
    }
    const held = this.#current.filter((id) => this.#heardAtMs.has(id) && !loudest.includes(id));
    const next = [...loudest, ...held].slice(0, MAX_SPEAKERS);
    const isSame = next.length === this.#current.length && next.every((id) => this.#current.includes(id));
    if (isSame) return undefined;
    this.#current = next;
    return next;
  }
}
