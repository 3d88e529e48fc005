import type { types } from 'mediasoup';
import type { Clock } from '#service/clock.ts';

const CHECK_PERIOD_MS = 500;

/**
 * Keeps a simulcast stream in the largest size that is sent [D5]. mediasoup goes up to a larger layer only when
 * something happens to the layers, and only once it can tell the larger one's capture instants, for which it needs three
 * Sender Reports of the sender (RemoteClockOffsetEstimator). A layer that began too early for that, as after a change
 * from a small camera to a large one, is not looked at again. Preferring a smaller layer for a moment makes it look.
 */
export function keepTopLayer(consumer: types.Consumer, clock: Clock): void {
  const preferred = consumer.preferredLayers?.spatialLayer;
  if (consumer.type !== 'simulcast' || !preferred) return;
  let isBusy = false;
  const look = async (): Promise<void> => {
    await consumer.setPreferredLayers({ spatialLayer: preferred - 1 });
    await consumer.setPreferredLayers({ spatialLayer: preferred });
  };
  const check = (): void => {
    const current = consumer.currentLayers?.spatialLayer;
    const top = topLayer(consumer.score.producerScores);
    if (isBusy || consumer.closed || current === undefined || current >= top) return;
    isBusy = true;
    look()
      // It closed meanwhile; anything else is tried again.
      .catch(() => undefined)
      .finally(() => {
        isBusy = false;
      });
  };
  consumer.observer.once('close', clock.every(CHECK_PERIOD_MS, check));
}

/** The last one that flows, from 0; -1 when none does. @param scores of the layers, 0 for one that does not flow */
export function topLayer(scores: readonly number[]): number {
  return scores.findLastIndex((score) => score > 0);
}
