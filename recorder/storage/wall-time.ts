import type { Manifest } from '#protocol/manifest.ts';

/**
 * A running recording counts on the SFU's clock, which never steps and may be hours from what a clock on the wall shows, when
 * the machine slept or was set since. What is on disk, manifest and names, is in wall time [WALL1].
 */
export function inWallTime(manifest: Manifest): Manifest {
  return shifted(manifest, manifest.wallAheadMs ?? 0);
}

/** The same back, for who takes a recording up that is on disk. */
export function inSfuTime(manifest: Manifest): Manifest {
  return shifted(manifest, -(manifest.wallAheadMs ?? 0));
}

function shifted(manifest: Manifest, byMs: number): Manifest {
  if (byMs === 0) return manifest;
  const later = <One extends { atMs: number }>(one: One): One => ({ ...one, atMs: one.atMs + byMs });
  const { stoppedAtMs } = manifest;
  return {
    ...manifest,
    startedAtMs: manifest.startedAtMs + byMs,
    ...(stoppedAtMs !== undefined && { stoppedAtMs: stoppedAtMs + byMs }),
    people: manifest.people.map((person) => ({
      ...person,
      joinedAtMs: person.joinedAtMs + byMs,
      ...(person.leftAtMs !== undefined && { leftAtMs: person.leftAtMs + byMs }),
    })),
    speakers: manifest.speakers.map(later),
    chat: manifest.chat.map(later),
    consent: manifest.consent.map(later),
    problems: manifest.problems.map(later),
  };
}
