/** Below one step of 16 bits: a microphone that is off but still sends. */
const SILENCE_PEAK = 2 ** -15;

/** True when nothing can be heard in any channel. */
export function isSilence(channels: readonly Float32Array[]): boolean {
  return channels.every((samples) => samples.every((sample) => Math.abs(sample) < SILENCE_PEAK));
}

/** The same, quieter and quieter to silence over its second half. */
export function fadeAway(pcm: readonly Float32Array[]): Float32Array[] {
  return pcm.map((samples) =>
    samples.map((sample, at) => sample * Math.min(1, 2 * (1 - at / samples.length))),
  );
}

/**
 * The samples, more or fewer by `count`: each is added between the two that differ least, as their mean, or dropped by
 * putting the mean in their place. So there is no step to be heard. The input itself when `count` is 0.
 * @param pcm two samples at least, more than are dropped
 */
export function slewed(pcm: readonly Float32Array[], count: number): readonly Float32Array[] {
  let result = pcm;
  for (let i = 0; i < Math.abs(count); i += 1) result = changedByOne(result, Math.sign(count));
  return result;
}

function changedByOne(pcm: readonly Float32Array[], change: number): Float32Array[] {
  const at = smoothest(pcm);
  return pcm.map((samples) => {
    const changed = new Float32Array(samples.length + change);
    const [left, right] = [samples[at] ?? 0, samples[at + 1] ?? 0];
    const kept = change > 0 ? 1 : 0;
    changed.set(samples.subarray(0, at + kept));
    changed[at + kept] = (left + right) / 2;
    changed.set(samples.subarray(at + 2 - kept), at + kept + 1);
    return changed;
  });
}

/** The first of the two neighbours that differ least, all channels together. */
function smoothest(pcm: readonly Float32Array[]): number {
  let [best, least] = [0, Number.POSITIVE_INFINITY];
  const length = pcm[0]?.length ?? 0;
  for (let at = 0; at + 1 < length; at += 1) {
    let change = 0;
    for (const samples of pcm) change += Math.abs((samples[at + 1] ?? 0) - (samples[at] ?? 0));
    if (change < least) [best, least] = [at, change];
  }
  return best;
}
