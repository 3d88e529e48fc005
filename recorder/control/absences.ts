interface Absence {
  sinceMs: number;
  /** By the SFU; otherwise it is the SFU that is gone. */
  isSaid: boolean;
}

/** Whose connection is lost, and since when, on the SFU's clock. */
export class Absences {
  readonly #absences = new Map<string, Absence>();

  /** Undefined for whoever is there. */
  sinceMs(connectionId: string): number | undefined {
    return this.#absences.get(connectionId)?.sinceMs;
  }

  away(connectionId: string, atMs: number): void {
    this.#absences.set(connectionId, { sinceMs: this.sinceMs(connectionId) ?? atMs, isSaid: true });
  }

  back(connectionId: string): void {
    this.#absences.delete(connectionId);
  }

  /** The SFU is gone, and with it everybody. */
  sfuLost(connectionIds: readonly string[], atMs: number): void {
    for (const connectionId of connectionIds) {
      if (!this.#absences.has(connectionId))
        this.#absences.set(connectionId, { sinceMs: atMs, isSaid: false });
    }
  }

  /** It was only the connection to us: everybody was there all the while, unless it says otherwise. */
  sfuBack(): void {
    for (const [connectionId, { isSaid }] of [...this.#absences]) if (!isSaid) this.back(connectionId);
  }
}
