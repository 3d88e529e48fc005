import type { Manifest, ManifestFile } from '#protocol/manifest.ts';
import { cleaned, MAX_NAME_BYTES, shortened } from './file-name.ts';
import { LocalTime } from './local-time.ts';

/** The longest ending that is put after a name, and the largest number that tells two of them apart. */
const ROOM_BYTES = ' (1000000)'.length + '.flv'.length;
/** However a meeting is called, there is room for who is in the file. */
const MAX_MEETING_BYTES = 109;

/**
 * Names for people, without their endings, such as `2026-11-22 10-00-05 Weekly – Alice`: of every download, and inside a ZIP.
 * Each has its own beginning in it, to the second, so that recordings of one meeting and files of one person differ; and
 * because it begins with a date, no system takes it for a device or hides it.
 */
export class HumanNames {
  readonly #local: LocalTime;
  /** By manifest, which many downloads have in common. */
  readonly #each = new WeakMap<Manifest, ReadonlyMap<string, string>>();

  /** @param timeZone an IANA name; without one, this machine's */
  constructor(timeZone?: string) {
    this.#local = new LocalTime(timeZone);
  }

  /** An instant as names have it: `2026-11-22 10-00-05`. */
  local(epochMs: number): string {
    return this.#local.of(epochMs);
  }

  /** The name of a meeting as a whole. */
  whole({ meeting, startedAtMs }: Manifest): string {
    return this.#dated(startedAtMs, meeting.name);
  }

  /** A name for each recorded file, told apart by a number where those who share a name began in one second. */
  each(manifest: Manifest): ReadonlyMap<string, string> {
    const known = this.#each.get(manifest);
    if (known) return known;
    const names = new Map<string, string>();
    const taken = new Set<string>();
    /** Where to go on counting: from the beginning, thousands who share a name would be millions of looks. */
    const counts = new Map<string, number>();
    for (const file of manifest.files) {
      const wanted = this.#ofFile(manifest, file);
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
    this.#each.set(manifest, names);
    return names;
  }

  #ofFile({ meeting, startedAtMs }: Manifest, file: ManifestFile): string {
    const dated = this.#dated(startedAtMs + file.startOffsetMs, meeting.name);
    const screen = file.source === 'screen' ? ' (screen)' : '';
    const room = MAX_NAME_BYTES - ROOM_BYTES - MAX_MEETING_BYTES - ' –  (screen)'.length - 2;
    // Of a name that has nothing to be seen, nothing would be left.
    const person = shortened(cleaned(file.personName), room) || '_';
    return `${dated} – ${person}${screen}`;
  }

  #dated(atMs: number, meetingName: string): string {
    return shortened(cleaned(`${this.local(atMs)} ${meetingName}`), MAX_MEETING_BYTES);
  }
}

/** Some file systems tell no case apart. */
const folded = (name: string) => name.toUpperCase().toLowerCase();
