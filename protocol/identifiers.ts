import { z } from 'zod';

/** Names one person's presence in one meeting; part of every file name, so it must be safe in paths. */
export const connectionIdSchema = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,64}$/, 'must be 1 to 64 of A-Z a-z 0-9 _ -');

export const meetingIdSchema = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,64}$/, 'must be 1 to 64 of A-Z a-z 0-9 _ -');

/** A secret that a browser makes at random for one meeting (192 bits): by it, its person is known again there. */
export const personKeySchema = z.string().regex(/^[A-Za-z0-9_-]{32}$/, 'must be 32 of A-Z a-z 0-9 _ -');

/** What is kept of such a key, or of a token's subject: a hash of it. */
export const personMarkSchema = z.string().regex(/^(key|subject)-[A-Za-z0-9_-]{22}$/);

/** UTC instant to the millisecond, then random letters: sorts by time and never repeats. */
export const recordingIdSchema = z.string().regex(/^\d{8}T\d{9}Z-[a-z0-9]{8}$/, 'is not a recording id');

/** `<connectionId>-<YYYYMMDDTHHMMSSmmmZ>.flv`, promise P2. */
export const fileNameSchema = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,64}-\d{8}T\d{9}Z\.flv$/, 'is not a recording file');

/** Whose file it is by its name; undefined when it is no recording file's. */
export function connectionOf(fileName: string): string | undefined {
  return fileNameSchema.safeParse(fileName).success ? fileName.replace(/-[^-]+$/, '') : undefined;
}

export const PERSON_NAME_MAX_LENGTH = 80;
export const MEETING_NAME_MAX_LENGTH = 120;

/** Without control characters, which would break logs, tiles and file names. */
const displayName = (max: number) =>
  z
    .string()
    .trim()
    .min(1, 'is empty')
    .max(max, `is longer than ${max} characters`)
    .regex(/^[^\p{Cc}\p{Cs}\u2028\u2029]*$/u, 'contains control characters');

export const personNameSchema = displayName(PERSON_NAME_MAX_LENGTH);
export const meetingNameSchema = displayName(MEETING_NAME_MAX_LENGTH);

/** `YYYYMMDDTHHMMSSmmmZ` of an instant in epoch milliseconds, the timestamp form of every name on disk. */
export function compactUtc(epochMs: number): string {
  return new Date(epochMs).toISOString().replaceAll(/[-:.]/g, '');
}

/** @param entropy at least 8 random bytes */
export function makeRecordingId(epochMs: number, entropy: Uint8Array): string {
  const letters = Array.from(entropy.subarray(0, 8), (byte) => (byte % 36).toString(36)).join('');
  return recordingIdSchema.parse(`${compactUtc(epochMs)}-${letters}`);
}
