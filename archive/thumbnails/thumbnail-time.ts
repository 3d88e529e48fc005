import type { ManifestFile } from '#protocol/manifest.ts';

/** The middle of the longest stretch in which the camera was on, in milliseconds from the file's beginning. */
export function thumbnailAtMs({ cameraOff, durationMs, startOffsetMs }: ManifestFile): number {
  const endMs = startOffsetMs + durationMs;
  let fromMs = startOffsetMs;
  let best = { fromMs, toMs: fromMs };
  const off = [...cameraOff].sort((one, other) => one.fromMs - other.fromMs);
  for (const interval of [...off, { fromMs: endMs, toMs: endMs }]) {
    if (interval.fromMs - fromMs > best.toMs - best.fromMs) best = { fromMs, toMs: interval.fromMs };
    fromMs = Math.max(fromMs, interval.toMs);
  }
  // Never on: any moment shows the same.
  const atMs = best.toMs > best.fromMs ? (best.fromMs + best.toMs) / 2 : startOffsetMs + durationMs / 2;
  return Math.min(Math.max(0, atMs - startOffsetMs), durationMs);
}
