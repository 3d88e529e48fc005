import type { types } from 'mediasoup';
import type { Clock } from '#service/clock.ts';
import type { Log } from '#service/log.ts';

/** Notes in the log how long the sender of a picture takes to answer a request for a keyframe. */
export async function watchKeyframeAnswers(
  producer: types.Producer,
  { clock, log }: { clock: Clock; log: Log },
): Promise<void> {
  let askedAtMs: number | undefined;
  producer.on('trace', ({ type }) => {
    if (type === 'pli' || type === 'fir') askedAtMs ??= clock.nowMs();
    if (type !== 'keyframe' || askedAtMs === undefined) return;
    const afterMs = Math.round(clock.nowMs() - askedAtMs);
    askedAtMs = undefined;
    log.debug('keyframe-answered', { producerId: producer.id, afterMs });
  });
  await producer.enableTraceEvent(['keyframe', 'pli', 'fir']);
}
