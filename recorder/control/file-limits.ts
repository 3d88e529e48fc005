import { Fault } from '#protocol/errors.ts';
import type { ManifestFile } from '#protocol/manifest.ts';
import { MAX_FILES_PER_RECORDING } from '#protocol/recorder.ts';
import { Allowance, type AllowanceLimits } from '#service/allowance.ts';

/** Whose first file has a place that nobody else can take: as many as the SFU lets agree (sfu/recording/recorded-places.ts). */
const people = 1500;

/**
 * Files of one recording: 2500, and 101 of one person. A screen that is shared in a loop, or a person who comes and goes,
 * begins one each time; everybody's first one has its place.
 */
export const FILE_LIMITS: AllowanceLimits = {
  people,
  own: 1,
  common: MAX_FILES_PER_RECORDING - people,
  each: 100,
};

/** How many files each person has begun, since a file costs most when it is begun. */
export class FileLimits {
  readonly #allowance: Allowance;
  readonly #onFull: (words: string) => void;
  readonly #full = new Set<string>();

  /** @param onFull told once of each person of whom no further file is begun */
  constructor(files: readonly ManifestFile[], onFull: (words: string) => void, limits = FILE_LIMITS) {
    this.#allowance = new Allowance(limits);
    this.#onFull = onFull;
    for (const { connectionId } of files) this.#allowance.take(connectionId, 1);
  }

  /** @throws Fault `recording-full` */
  begin(connectionId: string, personName: string): void {
    if (this.#allowance.take(connectionId, 1)) return;
    const words = `The recording takes no further file of ${personName}: what they send in it is left out.`;
    if (!this.#full.has(connectionId)) {
      this.#full.add(connectionId);
      this.#onFull(words);
    }
    throw new Fault('recording-full', words);
  }
}
