import type { ManifestFile } from '#protocol/manifest.ts';

/**
 * The sizes of the cameras in a file, one after the other. Left out are the smaller simulcast layers, half as large, that
 * a browser sends alone for a while when its estimate of the network falls, as on a test machine that is held up.
 */
export function cameraSizes({ resolutions }: ManifestFile): string[] {
  const isSmallerLayer = (one: { width: number; height: number }): boolean =>
    resolutions.some(({ width, height }) => width === 2 * one.width && height === 2 * one.height);
  const sizes = resolutions
    .filter((one) => !isSmallerLayer(one))
    .map(({ width, height }) => `${width}×${height}`);
  return sizes.filter((size, at) => size !== sizes[at - 1]);
}
