import { exportIdSchema } from '#protocol/http/exports.ts';
import { compactUtc, fileNameSchema } from '#protocol/identifiers.ts';

/**
 * What lies where in the folder of recordings:
 *
 *     20261122T102030123Z-abcdefgh/         a recording, by its id
 *       manifest.json                       what is true of it (manifest-file.ts)
 *       owner.json                          whose it is to write; its time of change is their heartbeat (ownership.ts)
 *       owner.takeover/                     while it changes hands
 *       alice-1-20261122T102031456Z.flv     a file of one person [P2], which only grows until it is finished
 *       exports/x-abcdefghjkmn.mp4, .m4a, .flv    what is made of it
 *       thumbnails/alice-1-….flv.jpg
 *       exports/x-abcdefghjkmn.work/, thumbnails/alice-1-….flv.work/    while it is being made
 *     .removed-20261122T102030123Z-abcdefgh/   on its way out: no id begins so, and nobody sees it
 *     .moving                                  while an archive moves recordings out of here; its time of change is a heartbeat
 *
 * A name with `.new` at its end is of something that takes the place of another once it is whole.
 */
export const MANIFEST_NAME = 'manifest.json';
export const LOCK_NAME = 'owner.json';
export const TAKEOVER_NAME = 'owner.takeover';
export const REMOVED_PREFIX = '.removed-';
export const MOVING_NAME = '.moving';

/** The name of a file of this connection that begins at this instant, in epoch milliseconds [P2]. */
export function recordingFileName(connectionId: string, beganMs: number): string {
  return `${connectionId}-${compactUtc(beganMs)}.flv`;
}

/** The instant that the name of a recording or of a file tells, in epoch milliseconds; NaN when it tells none. */
export function instantIn(name: string): number {
  const [, ...digits] = /(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})Z/.exec(name) ?? [];
  const [year, month, day, hour, minute, second, ms] = digits;
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}.${ms}Z`);
}

/** What is made from a recording and lies beside its files. */
export const MADE_FOLDERS = ['exports', 'thumbnails'] as const;
export type MadeFolder = (typeof MADE_FOLDERS)[number];

/** Of what the archive makes. */
export const EXPORT_ENDINGS = ['.mp4', '.m4a', '.flv'] as const;

const MADE = {
  exports: { of: exportIdSchema, endings: EXPORT_ENDINGS },
  thumbnails: { of: fileNameSchema, endings: ['.jpg'] },
};

/** The folder in which something is made, beside the place for it. */
export const scratchName = (madeName: string) => `${madeName.slice(0, madeName.lastIndexOf('.'))}.work`;

/** Whether something of this name may lie in this folder: nothing else ever touches a path. */
export function isMadeName(folder: MadeFolder, name: string): boolean {
  const { endings, of } = MADE[folder];
  return endings.some(
    (ending) => name.endsWith(ending) && of.safeParse(name.slice(0, -ending.length)).success,
  );
}
