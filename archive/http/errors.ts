import type { FastifyError, FastifyReply } from 'fastify';
import { Fault } from '#protocol/errors.ts';
import type { Log } from '#service/log.ts';

/** The fault that stands for what a handler or Fastify itself threw. */
export function faultOf(error: unknown): Fault {
  if (error instanceof Fault) return error;
  const { code, message, statusCode } = error as Partial<FastifyError>;
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') return new Fault('too-large', undefined, { cause: error });
  // A folder among the client's files is forbidden to the file server: to people there is nothing.
  if (statusCode === 404 || statusCode === 403) return new Fault('not-found', undefined, { cause: error });
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    return new Fault('bad-request', message, { cause: error });
  }
  return Fault.from(error);
}

/** Answers `{error: {code, message}}` with the status of the code; what was not foreseen is logged, not shown. */
export function sendError(reply: FastifyReply, error: unknown, log: Log): FastifyReply {
  const fault = faultOf(error);
  if (fault.code === 'internal') {
    log.error('request-failed', { cause: error instanceof Error ? error.stack : String(error) });
  }
  if (fault.retryAfterMs !== undefined) reply.header('retry-after', Math.ceil(fault.retryAfterMs / 1000));
  return reply
    .status(fault.status)
    .header('cache-control', 'no-store')
    .type('application/json; charset=utf-8')
    .send(JSON.stringify({ error: fault.toBody() }));
}
