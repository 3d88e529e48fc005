import type { ManifestFile } from '#protocol/manifest.ts';
import type { Kind } from '#protocol/people.ts';
import type { LostHop } from '../rtp/loss-origin.ts';

/** Losses nearer to each other than this are told as one. */
export const JOIN_MS = 1000;
/** What comes on top extends the last one: hours of a bad network must not fill a manifest. */
export const MAX_LOSSES = 5000;

type Loss = ManifestFile['losses'][number];

/** The losses of one file, as the manifest lists them; times are epoch ms. */
export class LossLog {
  readonly #losses: Loss[] = [];

  /** @param fromMs when the first packet was missed @param toMs when they were given up */
  note(loss: { kind: Kind; hop: LostHop; packets: number; fromMs: number; toMs: number }): void {
    const last = this.#losses.findLast(({ kind, hop }) => kind === loss.kind && hop === loss.hop);
    const isFull = this.#losses.length >= MAX_LOSSES;
    if (last && (isFull || loss.fromMs - last.toMs < JOIN_MS)) {
      last.packets += loss.packets;
      last.toMs = Math.max(last.toMs, loss.toMs);
    } else if (!isFull) {
      this.#losses.push({ ...loss });
    }
  }

  /** Counted from `startedAtMs`. */
  since(startedAtMs: number): Loss[] {
    return this.#losses.map((loss) => ({
      ...loss,
      fromMs: loss.fromMs - startedAtMs,
      toMs: loss.toMs - startedAtMs,
    }));
  }
}
