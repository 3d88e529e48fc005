import { createHash } from 'node:crypto';

/** 128 bits: nobody finds another one with the same, and it fits a file of thousands. */
const MARK_BYTES = 16;

/** What tells that somebody is the same person as before, whatever token or connection they come with. */
export interface KnownBy {
  /** Made at random by their browser for this meeting. */
  key: string | undefined;
  /** Whom the system that made the token says that it is for. */
  subject: string | undefined;
}

/**
 * The marks by which a meeting knows somebody again. Hashes, since a key is its person's secret; with the meeting in them,
 * so that they say nothing in another one.
 */
export function marksOf(meetingId: string, { key, subject }: KnownBy): string[] {
  return [
    ...(key === undefined ? [] : [`key-${digest(meetingId, 'key', key)}`]),
    ...(subject === undefined ? [] : [`subject-${digest(meetingId, 'subject', subject)}`]),
  ];
}

/** The same marks as this recording's manifest holds them: they connect nobody to another recording. */
export function marksIn(recordingId: string, marks: readonly string[]): string[] {
  return marks.map((mark) => `${kindOf(mark)}-${digest(recordingId, mark)}`);
}

export function share(some: readonly string[], others: readonly string[]): boolean {
  return some.some((mark) => others.includes(mark));
}

/** Whether both come from the same browser: what somebody agreed to in one is not agreed to in another. */
export function shareKey(some: readonly string[], others: readonly string[]): boolean {
  return some.some((mark) => kindOf(mark) === 'key' && others.includes(mark));
}

function kindOf(mark: string): string {
  return mark.slice(0, mark.indexOf('-'));
}

function digest(...parts: string[]): string {
  return createHash('sha256')
    .update(JSON.stringify(parts))
    .digest()
    .subarray(0, MARK_BYTES)
    .toString('base64url');
}
