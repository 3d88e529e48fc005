import { Fault } from '#protocol/errors.ts';

/** SQLSTATE of a server that takes nothing now (PostgreSQL 15, appendix A): connection lost, shut down, starting, full. */
const AWAY = /^(08...|57P0[1-5]|53...)$/;
/** Too slow: a statement or a lock was given up, or of two that waited for each other one was. */
const SLOW = new Set(['57014', '55P03', '25P03', '40001', '40P01']);
/** It is there, and lets us not in, or has no such database. */
const REFUSED = /^(28...|3D000)$/;

const codeOf = (cause: unknown) => (cause as { code?: unknown } | undefined)?.code;

/** What PostgreSQL itself answered has a severity; everything else that `pg` throws tells of the way to it. */
const isAnswer = (cause: unknown) => typeof (cause as { severity?: unknown }).severity === 'string';

/** Whether nobody reaches it, not only whoever asked. */
export function isOutage(cause: unknown): cause is Error {
  if (!(cause instanceof Error) || cause instanceof Fault) return false;
  if (isAnswer(cause)) return AWAY.test(String(codeOf(cause)));
  return NETWORK.has(String(codeOf(cause))) || PG_WORDS.test(cause.message);
}

/** Of the socket. */
const NETWORK = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ENOENT',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
]);
/** `pg` and its pool have no codes for these. */
const PG_WORDS =
  /^(Connection terminated|Query read timeout|timeout e(xceeded|xpired)|Client has encountered)/i;

/** What whoever asked is told. */
export function faultOf(cause: unknown): unknown {
  const code = String(codeOf(cause));
  if (isOutage(cause) || SLOW.has(code)) return new Fault('database-unreachable', undefined, { cause });
  if (REFUSED.test(code)) {
    const words = `PostgreSQL lets the archive not in: ${(cause as Error).message}. Check DATABASE_URL.`;
    return new Fault('config-invalid', words, { cause });
  }
  return cause;
}
