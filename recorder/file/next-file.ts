import { type ErrorCode, Fault } from '#protocol/errors.ts';

/** After a failure the next file is begun this much later; twice as late each time it fails again. */
export const RETRY_MS = 5000;
export const MAX_RETRY_MS = 300_000;
/** A failure after so long is a first one. */
const LONG_LIFE_MS = 2 * MAX_RETRY_MS;
/** So many files end one after another because of what they are sent; then that is not tried again. */
export const MAX_MEDIA_FAILURES = 6;

/** Ends that lie in what is sent, not in the disk: waiting does not mend them. */
const OF_THE_MEDIA: readonly ErrorCode[] = ['file-failed', 'file-too-fast'];

/** Why a file ended, in words: what was not foreseen is not shown as it is. */
export function faultOf(cause: unknown): Fault {
  if (cause instanceof Fault) return cause;
  if (!(cause instanceof Error) || !('syscall' in cause))
    return new Fault('file-failed', undefined, { cause });
  const isFull = 'code' in cause && cause.code === 'ENOSPC';
  return new Fault(isFull ? 'disk-full' : 'storage-unwritable', cause.message, { cause });
}

/** How a file came to its end before its time. */
export interface FileFailure {
  /** Our clock. */
  atMs: number;
  code: ErrorCode;
}

/** When the next file of a person's camera, or of their screen, is begun after one that failed. */
export class NextFile {
  /** When the present file was begun. */
  #begunMs: number;
  #failures = 0;
  #mediaFailures = 0;

  constructor(nowMs: number) {
    this.#begunMs = nowMs;
  }

  isDue(failed: FileFailure, nowMs: number): boolean {
    const isFirst = failed.atMs - this.#begunMs >= LONG_LIFE_MS;
    if (!isFirst && this.#mediaFailures + (isOfMedia(failed.code) ? 1 : 0) >= MAX_MEDIA_FAILURES)
      return false;
    const delayMs = isFirst ? RETRY_MS : Math.min(MAX_RETRY_MS, RETRY_MS * 2 ** this.#failures);
    return nowMs - failed.atMs >= delayMs;
  }

  /** It is begun, after one that failed. */
  begun(failed: FileFailure, nowMs: number): void {
    const isFirst = failed.atMs - this.#begunMs >= LONG_LIFE_MS;
    this.#failures = isFirst ? 1 : this.#failures + 1;
    this.#mediaFailures = (isFirst ? 0 : this.#mediaFailures) + (isOfMedia(failed.code) ? 1 : 0);
    this.#begunMs = nowMs;
  }
}

function isOfMedia(code: ErrorCode): boolean {
  return OF_THE_MEDIA.includes(code);
}
