import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { connectionOf, fileNameSchema } from '#protocol/identifiers.ts';
import type { Manifest, ManifestFile } from '#protocol/manifest.ts';
import { instantIn } from '#store/layout.ts';
import { bareEntry } from './file-entry.ts';
import { repairFile } from './repair-file.ts';

/** Files in a recording's folder that a crash left unfinished: listed as `writing`, or not listed at all yet. */
export async function findLeftovers(folder: string, manifest: Manifest): Promise<string[]> {
  const closed = new Set(manifest.files.filter((file) => file.state !== 'writing').map((file) => file.name));
  const names = await readdir(folder);
  return names.filter((name) => fileNameSchema.safeParse(name).success && !closed.has(name)).sort();
}

/**
 * Repairs the leftovers. Answers the manifest's files, the repaired ones as `recovered`. One that holds no media stays
 * where it is, unlisted, and is noted as a problem; one that was erased meanwhile is left out.
 */
export async function repairedFiles(
  folder: string,
  manifest: Manifest,
  leftovers: readonly string[],
): Promise<Pick<Manifest, 'files' | 'problems'>> {
  const files = manifest.files.filter((file) => !leftovers.includes(file.name));
  const problems: Manifest['problems'] = [];
  for (const name of leftovers) {
    const repair = await repairFile(join(folder, name)).catch(unlessErased);
    if (repair === 'erased') continue;
    const entry = manifest.files.find((file) => file.name === name) ?? unlisted(manifest, name);
    if (repair)
      files.push({ ...entry, state: 'recovered', durationMs: repair.durationMs, bytes: repair.truncateTo });
    else problems.push({ atMs: manifest.startedAtMs, code: 'internal', message: `${name} holds no media.` });
  }
  return { files, problems };
}

function unlessErased(cause: NodeJS.ErrnoException): 'erased' {
  if (cause.code === 'ENOENT') return 'erased';
  throw cause;
}

/** A file that was created within the last second before the crash: its name says whose it is and when it began. */
function unlisted(manifest: Manifest, name: string): ManifestFile {
  const connectionId = connectionOf(name) ?? '';
  return bareEntry({
    name,
    connectionId,
    personName: manifest.people.find((person) => person.connectionId === connectionId)?.name ?? connectionId,
    source: 'camera',
    startOffsetMs: instantIn(name) - manifest.startedAtMs,
  });
}
