import type { Manifest, ManifestFile } from '#protocol/manifest.ts';

export const FRAMES_PER_SECOND = 25;
/** More people than this are heard, not shown. */
export const MAX_TILES = 49;
/** A scene that goes on for longer is made in parts, so that a restart repeats little. */
const MAX_SCENE_FRAMES = 300 * FRAMES_PER_SECOND;

/** A stretch of time in which the same people are there. */
export interface Scene {
  fromFrame: number;
  /** Excluded. */
  toFrame: number;
  /** Shown large; the one shared last. */
  screen: ManifestFile | undefined;
  tiles: ManifestFile[];
}

const frameAt = (ms: number) => Math.round((ms * FRAMES_PER_SECOND) / 1000);

/** The recording cut where someone comes or goes, without holes, on whole frames from its beginning. */
export function scenesOf(manifest: Manifest): Scene[] {
  const shown = manifest.files
    .map((file) => ({
      file,
      from: frameAt(Math.max(0, file.startOffsetMs)),
      to: frameAt(file.startOffsetMs + file.durationMs),
    }))
    .filter(({ from, to }) => to > from)
    .sort((one, other) => one.from - other.from);
  const end = Math.max(0, ...shown.map(({ to }) => to));
  const cuts = new Set([0, end, ...shown.flatMap(({ from, to }) => [from, to])]);
  const sorted = [...cuts].sort((one, other) => one - other);
  return sorted.slice(0, -1).flatMap((fromFrame, index) => {
    const toFrame = sorted[index + 1] ?? end;
    const present = shown
      .filter(({ from, to }) => from <= fromFrame && to >= toFrame)
      .map(({ file }) => file);
    const screen = present.findLast(({ source }) => source === 'screen');
    const tiles = present.filter((file) => file !== screen).slice(0, MAX_TILES);
    return inParts({ fromFrame, toFrame, screen, tiles });
  });
}

function inParts(scene: Scene): Scene[] {
  const parts: Scene[] = [];
  for (let from = scene.fromFrame; from < scene.toFrame; from += MAX_SCENE_FRAMES) {
    parts.push({ ...scene, fromFrame: from, toFrame: Math.min(scene.toFrame, from + MAX_SCENE_FRAMES) });
  }
  return parts;
}
