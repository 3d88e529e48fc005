import type { ErrorCode } from '#protocol/errors.ts';
import type { Consent } from '#protocol/people.ts';
import type { FileProgress, PersonProgress } from '#protocol/recording-state.ts';

/** From the best to the worst: the worst of a person's files is the one that the host must see. */
const BY_SEVERITY = ['recording', 'waiting', 'stalled', 'failed'] as const;

/**
 * One line of the host's list: a person's camera and screen files together, bytes summed, the longest duration, the
 * worst state [D8].
 * @param problem why this person, or something of what they send, cannot be recorded now
 */
export function progressOf(
  connectionId: string,
  consent: Consent | undefined,
  files: readonly FileProgress[],
  problem?: ErrorCode,
): PersonProgress {
  const mine = files.filter((file) => file.connectionId === connectionId);
  const state = stateOf(consent, mine, problem);
  const incomplete = mine.find((file) => file.problem !== undefined);
  const { problem: code, transcodesAtMost } = problem ? { problem } : (incomplete ?? {});
  const isTold = code !== undefined && state !== 'declined' && state !== 'asked';
  return {
    connectionId,
    state,
    bytes: mine.reduce((sum, file) => sum + file.bytes, 0),
    durationMs: mine.reduce((longest, file) => Math.max(longest, file.durationMs), 0),
    ...(isTold && { problem: code }),
    ...(isTold && transcodesAtMost !== undefined && { transcodesAtMost }),
  };
}

function stateOf(
  consent: Consent | undefined,
  files: readonly FileProgress[],
  problem: ErrorCode | undefined,
): PersonProgress['state'] {
  if (consent === 'declined' || consent === 'withdrawn') return 'declined';
  if (consent !== 'accepted') return 'asked';
  const worst = Math.max(...files.map((file) => BY_SEVERITY.indexOf(file.state)));
  // Without any file a problem is the whole story; with one, what is recorded of them is still true.
  return BY_SEVERITY[worst] ?? (problem ? 'failed' : 'waiting');
}

/**
 * Whether the recorder has acknowledged bytes on disk for at least one person, of whom something still arrives: only then
 * is the light on.
 */
export function hasBytesOnDisk(files: readonly FileProgress[]): boolean {
  return files.some((file) => file.state === 'recording' && file.bytes > 0);
}
