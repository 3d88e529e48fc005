import type { Manifest } from '../../protocol/manifest.ts';

/** What no file system or header takes. */
const UNSAFE = /[\p{Cc}"\\/:*?<>|%]/gu;

/**
 * A name for people, without its ending, such as `2026-11-22 Weekly – Alice`.
 * @param file the recorded file that it is about; undefined for the meeting as a whole
 */
export function humanName(manifest: Manifest, file: string | undefined): string {
  const day = new Date(manifest.startedAtMs).toISOString().slice(0, 10);
  const meeting = `${day} ${manifest.meeting.name}`;
  const entry = manifest.files.find((candidate) => candidate.name === file);
  const screen = entry?.source === 'screen' ? ' (screen)' : '';
  const human = entry ? `${meeting} – ${entry.personName}${screen}` : meeting;
  return human.replaceAll(UNSAFE, '_').toWellFormed();
}

/** The same for each file of a recording, told apart by a number where people or takes share one. */
export function humanNames(manifest: Manifest): Map<string, string> {
  const names = new Map<string, string>();
  const taken = new Set<string>();
  for (const { name } of manifest.files) {
    const wanted = humanName(manifest, name);
    let given = wanted;
    // Compared without case, as some file systems do.
    for (let count = 2; taken.has(given.toLowerCase()); count += 1) given = `${wanted} (${count})`;
    taken.add(given.toLowerCase());
    names.set(name, given);
  }
  return names;
}
