import { Fault } from '#protocol/errors.ts';

/** The worker's words when no port of a range is left. */
const NO_PORTS = /no more available ports/;

/**
 * What mediasoup threw, as a fault. Its TypeErrors and UnsupportedErrors are about what the page sent; the rest is ours
 * or the worker's.
 */
export function mediaFault(cause: unknown): Fault {
  if (cause instanceof Fault) return cause;
  const { name, message } = cause instanceof Error ? cause : new Error(String(cause));
  if (NO_PORTS.test(message)) return new Fault('ports-exhausted', undefined, { cause });
  if (name === 'TypeError' || name === 'UnsupportedError') {
    return new Fault('bad-request', `The media server does not take this: ${message}`, { cause });
  }
  return new Fault('media-failed', undefined, { cause });
}

/** Does the work; whatever it throws comes out as a Fault. */
export async function asMedia<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw mediaFault(cause);
  }
}
