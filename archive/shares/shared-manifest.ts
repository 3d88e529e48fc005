import type { Manifest } from '#protocol/manifest.ts';

/** Stands for the meeting's id, which is its invitation. */
const HIDDEN_MEETING_ID = 'shared';

/** Links to single files of one manifest, of which it is kept what they show. */
const MAX_KEPT = 16;
const kept = new WeakMap<Manifest, Map<string | undefined, Manifest>>();

/**
 * What a link lets its holder see of a manifest: the files that it is for, the people on them and when they spoke. It is made
 * once for all who look at the same time.
 * @param file the only one shared; undefined for all
 */
export function sharedManifest(manifest: Manifest, file: string | undefined): Manifest {
  const views = kept.get(manifest) ?? new Map<string | undefined, Manifest>();
  kept.set(manifest, views);
  const view = views.get(file) ?? viewOf(manifest, file);
  if (!views.has(file) && views.size >= MAX_KEPT) views.clear();
  views.set(file, view);
  return view;
}

function viewOf(manifest: Manifest, file: string | undefined): Manifest {
  const files = manifest.files.filter(({ name }) => file === undefined || name === file);
  const shown = new Set(files.map(({ connectionId }) => connectionId));
  const { host: _host, ...rest } = manifest;
  return {
    ...rest,
    meeting: { id: HIDDEN_MEETING_ID, name: manifest.meeting.name },
    recorderId: HIDDEN_MEETING_ID,
    people: manifest.people
      .filter(({ connectionId }) => shown.has(connectionId))
      .map((person) => ({ ...person, role: 'participant' as const })),
    files,
    speakers: manifest.speakers.map(({ atMs, connectionIds }) => ({
      atMs,
      connectionIds: connectionIds.filter((connectionId) => shown.has(connectionId)),
    })),
    chat: [],
    consent: [],
    problems: [],
  };
}
