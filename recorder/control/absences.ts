import type { Manifest } from '#protocol/manifest.ts';

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

/** What a manifest says of its end. */
export type ManifestEnd = Required<Pick<Manifest, 'state' | 'stoppedAtMs' | 'stopReason'>>;

/**
 * How a recording ended, and when. The time in which nobody was there, and their return was waited for, is no part of it.
 * @param nowMs on the SFU's clock as all of them
 */
export function manifestEnd(
  manifest: Pick<Manifest, 'files' | 'people' | 'startedAtMs'>,
  stopReason: ManifestEnd['stopReason'],
  awaySinceMs: (connectionId: string) => number | undefined,
  nowMs: number,
): ManifestEnd {
  const isDeserted = stopReason === 'empty' || stopReason === 'sfu-lost';
  const stoppedAtMs = Math.round(isDeserted ? lastPresenceMs(manifest, awaySinceMs, nowMs) : nowMs);
  const isCutOff = stopReason === 'sfu-lost' || stopReason === 'recorder-lost';
  return { state: isCutOff ? 'interrupted' : 'complete', stoppedAtMs, stopReason };
}

/** When the last of its people was there, or their media. @param nowMs for whom it is not known better */
function lastPresenceMs(
  { files, people, startedAtMs }: Pick<Manifest, 'files' | 'people' | 'startedAtMs'>,
  awaySinceMs: (connectionId: string) => number | undefined,
  nowMs: number,
): number {
  const ends = files.map(({ durationMs, startOffsetMs }) => startedAtMs + startOffsetMs + durationMs);
  const leaves = people.map(({ connectionId, leftAtMs }) => leftAtMs ?? awaySinceMs(connectionId) ?? nowMs);
  const lastMs = [...ends, ...leaves].reduce((last, ms) => Math.max(last, ms), startedAtMs);
  return Math.min(lastMs, Math.max(startedAtMs, nowMs));
}
