import { randomBytes } from 'node:crypto';
import { recordingIdSchema } from '#protocol/identifiers.ts';
import type { MadeFolder } from '../layout.ts';

/**
 * What lies where below the prefix of an S3 store:
 *
 *     manifests/20261122T102030123Z-abcdefgh/1763806830123-k3x9.json
 *     files/20261122T102030123Z-abcdefgh/1763806830123-k3x9/alice-1-20261122T102031456Z.flv
 *     made/20261122T102030123Z-abcdefgh/exports/x-abcdefghjkmn.mp4
 *     removed/20261122T102030123Z-abcdefgh    on its way out: nobody sees it
 *
 * The number in a manifest's and a file's key is the epoch of whoever writes the recording: who comes later has a higher one, and
 * the highest that has a manifest is the recording. So whoever was given up and wakes again writes where nobody looks; no store
 * has to refuse it. Manifests lie together, since looking for what is new lists them all.
 */
export const MANIFESTS = 'manifests/';
export const FILES = 'files/';
export const MADE = 'made/';
export const REMOVED = 'removed/';

const EPOCH = /^\d{13}-[a-z0-9]{4}$/;

/** Higher than each that was made at an earlier millisecond. */
export function makeEpoch(wallMs: number): string {
  const letters = Array.from(randomBytes(4), (byte) => (byte % 36).toString(36)).join('');
  return `${String(Math.floor(wallMs)).padStart(13, '0')}-${letters}`;
}

export const manifestKey = (recordingId: string, epoch: string) => `${MANIFESTS}${recordingId}/${epoch}.json`;
export const fileKey = (recordingId: string, epoch: string, name: string) =>
  `${FILES}${recordingId}/${epoch}/${name}`;
export const madeKey = (recordingId: string, folder: MadeFolder, name: string) =>
  `${MADE}${recordingId}/${folder}/${name}`;

/** Whose manifest or file it is, and of which epoch; undefined for what is no key of ours. */
export function ownerOf(key: string): { recordingId: string; epoch: string } | undefined {
  const [, recordingId = '', last = ''] = key.split('/');
  const epoch = last.replace(/\.json$/, '');
  return recordingIdSchema.safeParse(recordingId).success && EPOCH.test(epoch)
    ? { recordingId, epoch }
    : undefined;
}
