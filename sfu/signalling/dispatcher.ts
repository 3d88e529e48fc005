import { type ErrorCode, Fault } from '#protocol/errors.ts';
import { parseMessage } from '#protocol/reply.ts';
import {
  type RequestHandlers,
  type RequestName,
  type RequestParams,
  requests,
} from '#protocol/signalling.ts';
import type { Log } from '#service/log.ts';
import type { PersonLimits } from './request-limits.ts';

/** Messages refused for their rate until the socket is closed. */
export const FLOOD_LIMIT = 2000;

export interface DispatcherOptions {
  handlers: RequestHandlers;
  /** @throws Fault when this participant may not ask for it now */
  authorize(request: RequestName): void;
  limits: Pick<PersonLimits, 'waitMs'>;
  /** Counts each message; `unknown` stands for every name that is none of ours. */
  count(request: RequestName | 'unknown', result: 'ok' | ErrorCode): void;
  log: Log;
  /** The rate limit has been ignored for too long. */
  onFlood(): void;
}

/** Takes whatever comes over a participant's socket: parses it, asks the handler, answers. Never throws. */
export class Dispatcher {
  readonly #options: DispatcherOptions;
  #flood = 0;

  constructor(options: DispatcherOptions) {
    this.#options = options;
  }

  /** @param message the event's name, its arguments, and the acknowledgement where one is expected */
  async take(message: readonly unknown[]): Promise<void> {
    const [event, data] = message;
    const last = message.at(-1);
    const answer = typeof last === 'function' ? last : undefined;
    const request = isRequest(event) ? event : undefined;
    try {
      const result = await this.#perform(request, data === answer ? undefined : data);
      this.#options.count(request ?? 'unknown', 'ok');
      answer?.({ ok: true, ...result });
    } catch (cause) {
      const fault = Fault.from(cause);
      this.#options.count(request ?? 'unknown', fault.code);
      if (fault.code === 'internal') {
        const { stack } = cause instanceof Error ? cause : new Error(String(cause));
        this.#options.log.error('request-failed', { request, cause: stack });
      }
      answer?.({ ok: false, error: fault.toBody() });
    }
  }

  async #perform(request: RequestName | undefined, data: unknown): Promise<object> {
    const retryAfterMs = this.#options.limits.waitMs(request, data);
    if (retryAfterMs > 0) {
      this.#flood += 1;
      if (this.#flood === FLOOD_LIMIT) this.#options.onFlood();
      throw new Fault('rate-limited', undefined, { retryAfterMs });
    }
    if (!request) throw new Fault('unknown-message');
    return this.#ask(request, data);
  }

  async #ask<N extends RequestName>(request: N, data: unknown): Promise<object> {
    const params = parseMessage(requests[request].params, data) as RequestParams<N>;
    this.#options.authorize(request);
    const handler: RequestHandlers[N] = this.#options.handlers[request];
    return handler(params);
  }
}

function isRequest(event: unknown): event is RequestName {
  return typeof event === 'string' && Object.hasOwn(requests, event);
}
