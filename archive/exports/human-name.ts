import type { Manifest, ManifestFile } from '../../protocol/manifest.ts';
import { cleaned, MAX_NAME_BYTES, shortened } from './file-name.ts';

/** The longest ending that is put after a name, and the largest number that tells two of them apart. */
const ROOM_BYTES = ' (1000000)'.length + '.flv'.length;
/** However a meeting is called, there is room for who is in the file. */
const MAX_MEETING_BYTES = 100;

/**
 * A name for people, without its ending, such as `2026-11-22 Weekly – Alice`. It begins with a date: so no system takes it for
 * a device or hides it.
 * @param file the recorded file that it is about; undefined for the meeting as a whole
 */
export function humanName(manifest: Manifest, file: ManifestFile | undefined): string {
  const day = new Date(manifest.startedAtMs).toISOString().slice(0, 10);
  const meeting = shortened(cleaned(`${day} ${manifest.meeting.name}`), MAX_MEETING_BYTES);
  if (!file) return meeting;
  const screen = file.source === 'screen' ? ' (screen)' : '';
  const room = MAX_NAME_BYTES - ROOM_BYTES - MAX_MEETING_BYTES - ' –  (screen)'.length - 2;
  // Of a name that has nothing to be seen, nothing would be left.
  const person = shortened(cleaned(file.personName), room) || '_';
  return `${meeting} – ${person}${screen}`;
}

/** The same for each file of a recording, told apart by a number where people or takes share one. */
export function humanNames(manifest: Manifest): Map<string, string> {
  const names = new Map<string, string>();
  const taken = new Set<string>();
  /** Where to go on counting: from the beginning, thousands who share a name would be millions of looks. */
  const counts = new Map<string, number>();
  for (const file of manifest.files) {
    const wanted = humanName(manifest, file);
    let given = wanted;
    let count = counts.get(folded(wanted)) ?? 1;
    while (taken.has(folded(given))) {
      count += 1;
      given = `${wanted} (${count})`;
    }
    counts.set(folded(wanted), count);
    taken.add(folded(given));
    names.set(file.name, given);
  }
  return names;
}

/** Some file systems tell no case apart. */
const folded = (name: string) => name.toUpperCase().toLowerCase();
