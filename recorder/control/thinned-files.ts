import type { ManifestFile } from '#protocol/manifest.ts';

/** What the manifest tells of all files together: intervals, gaps, losses and picture sizes, some 150 bytes each. */
export const MAX_DETAILS = 40_000;

type Details = Pick<ManifestFile, 'resolutions' | 'muted' | 'cameraOff' | 'gaps' | 'losses'>;

/**
 * The files, with no more than `maxDetails` in all. Where there are more, long lists are cut to one length for everybody: so
 * whoever has few keeps them. What is cut off extends the last one that is kept of its kind.
 */
export function thinnedFiles(files: ManifestFile[], maxDetails = MAX_DETAILS): ManifestFile[] {
  if (detailsOf(files) <= maxDetails) return files;
  const longest = Math.max(...files.flatMap(listsOf).map(({ length }) => length));
  for (let length = longest >> 1; length > 0; length >>= 1) {
    const thinned = files.map((file) => ({ ...file, ...cut(file, length) }));
    if (detailsOf(thinned) <= maxDetails) return thinned;
  }
  return files.map((file) => ({ ...file, resolutions: [], muted: [], cameraOff: [], gaps: [], losses: [] }));
}

/** As the manifest has them: in the same order whoever leaves first, and within its bounds. */
export function listedFiles(files: readonly ManifestFile[]): ManifestFile[] {
  return thinnedFiles(
    files.toSorted((a, b) => a.startOffsetMs - b.startOffsetMs || a.name.localeCompare(b.name)),
  );
}

function listsOf({ cameraOff, gaps, losses, muted, resolutions }: Details): readonly object[][] {
  return [cameraOff, gaps, losses, muted, resolutions];
}

function detailsOf(files: readonly ManifestFile[]): number {
  return files.flatMap(listsOf).reduce((sum, { length }) => sum + length, 0);
}

function cut(file: ManifestFile, length: number): Details {
  const lasting = <T extends { toMs: number }>(list: T[], keyOf: (entry: T) => string): T[] =>
    joined(list, length, keyOf, (last, entry) => ({ ...last, toMs: Math.max(last.toMs, entry.toMs) }));
  return {
    resolutions: file.resolutions.slice(0, length),
    muted: lasting(file.muted, () => ''),
    cameraOff: lasting(file.cameraOff, () => ''),
    gaps: lasting(file.gaps, ({ cause, kind }) => `${kind} ${cause}`),
    losses: joined(
      file.losses,
      length,
      ({ hop, kind }) => `${kind} ${hop}`,
      (last, entry) => ({
        ...last,
        packets: last.packets + entry.packets,
        toMs: Math.max(last.toMs, entry.toMs),
      }),
    ),
  };
}

/** The first ones as they are; of each kind of the others one, into which they are joined. */
function joined<T>(
  list: T[],
  length: number,
  keyOf: (entry: T) => string,
  join: (last: T, entry: T) => T,
): T[] {
  if (list.length <= length) return list;
  const rest = new Map<string, T>();
  for (const entry of list.slice(length - 1)) {
    const last = rest.get(keyOf(entry));
    rest.set(keyOf(entry), last ? join(last, entry) : entry);
  }
  return [...list.slice(0, length - 1), ...rest.values()];
}
