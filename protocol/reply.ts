import { z } from 'zod';
import { type ErrorBody, errorBodySchema, Fault } from './errors.ts';

/**
 * The largest message that the SFU takes: a longer one ends the connection. Negotiation objects take some 10 kB; a recorder's
 * answers and heartbeats stay below by their bounds (protocol/recorder.ts, recorder/control/heartbeat-parts.ts).
 */
export const MAX_MESSAGE_BYTES = 256 * 1024;

/** Every acknowledgement on a socket: a result, or an error with its code. */
export type Reply<T> = ({ ok: true } & T) | { ok: false; error: ErrorBody };

const failureSchema = z.object({ ok: z.literal(false), error: errorBodySchema });

/**
 * The result inside a reply.
 * @throws Fault with the sender's code when the reply is a failure, `bad-request` when it is no reply at all.
 */
export function openReply<T extends z.ZodObject>(schema: T, reply: unknown): z.infer<T> {
  const failure = failureSchema.safeParse(reply);
  if (failure.success) {
    const { code, message, retryAfterMs } = failure.data.error;
    throw new Fault(code, message, { retryAfterMs });
  }
  const success = schema.extend({ ok: z.literal(true) }).safeParse(reply);
  if (!success.success)
    throw new Fault('bad-request', `Unexpected answer: ${z.prettifyError(success.error)}`);
  return schema.parse(reply);
}

/** The data, parsed. @throws Fault `bad-request` that names each wrong field. */
export function parseMessage<T extends z.ZodType>(schema: T, data: unknown): z.infer<T> {
  const result = schema.safeParse(data);
  if (result.success) return result.data;
  const faults = result.error.issues.map((issue) => `${issue.path.join('.') || 'message'}: ${issue.message}`);
  throw new Fault('bad-request', faults.slice(0, 5).join('; '));
}
