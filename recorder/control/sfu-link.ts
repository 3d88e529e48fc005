import { io, type Socket } from 'socket.io-client';
import type { z } from 'zod';
import { type ErrorBody, errorBodySchema, Fault } from '#protocol/errors.ts';
import {
  factsMessageSchema,
  HEARTBEAT_INTERVAL_MS,
  type Heartbeat,
  heartbeatResultSchema,
  type RecorderCommandName,
  type RecorderCommandParams,
  type RecorderCommandResult,
  type RecorderHandshake,
  recorderCommands,
} from '#protocol/recorder.ts';
import { openReply, parseMessage } from '#protocol/reply.ts';
import type { Clock } from '#service/clock.ts';
import type { Log } from '#service/log.ts';
import { heartbeatParts } from './heartbeat-parts.ts';
import type { SfuClock } from './sfu-clock.ts';
import { SfuProof } from './sfu-proof.ts';

type Facts = z.infer<typeof factsMessageSchema>;

/** What answers each command of the SFU. */
export type CommandHandlers = {
  [N in RecorderCommandName]: (params: RecorderCommandParams<N>) => Promise<RecorderCommandResult<N>>;
};

export interface SfuLinkOptions {
  url: string;
  /** What we say of ourselves; each connection adds a nonce. */
  handshake: Omit<RecorderHandshake, 'nonce'>;
  token: string;
  clock: Clock;
  log: Log;
  sfuClock: SfuClock;
  commands: CommandHandlers;
  /** Answers the last fact taken over. */
  takeFacts(message: Facts): Promise<number>;
  heartbeat(): Heartbeat;
  /** The connection was lost; it comes back by itself. */
  onLost(): void;
}

/** After a refusal: what is wrong there may be mended meanwhile. */
const REFUSED_RETRY_MS = 1000;

/**
 * The connection to one SFU: once both have proved themselves, parses what comes, answers everything, beats. Reconnects by
 * itself, for ever.
 */
export class SfuLink {
  readonly #options: SfuLinkOptions;
  readonly #socket: Socket;
  readonly #proof: SfuProof;
  readonly #stopBeating: () => void;
  #isClosed = false;

  constructor(options: SfuLinkOptions) {
    const { clock, log, token, url } = options;
    this.#options = options;
    const proof = new SfuProof({ token, clock, proven: (error) => this.#proven(error) });
    this.#proof = proof;
    this.#socket = io(`${url}/recorder`, {
      auth: (answer) => answer(proof.begin(options.handshake)),
      transports: ['websocket'],
      reconnectionDelay: 100,
      reconnectionDelayMax: 1000,
    });
    proof.listenTo(this.#socket);
    this.#socket.on('disconnect', (reason) => {
      const wasProven = proof.end();
      if (wasProven) {
        log.warn('sfu-lost', { url, reason });
        options.onLost();
      }
      // A server that ends the connection on purpose is not reconnected to by the library.
      if (reason !== 'io server disconnect') return;
      if (wasProven) this.#socket.connect();
      else this.#retryLater();
    });
    this.#socket.on('connect_error', (error) => this.#refused(error));
    for (const name of Object.keys(recorderCommands) as RecorderCommandName[]) this.#serve(name);
    this.#socket.on('facts', (data: unknown, answer: unknown) =>
      this.#answer('facts', answer, async () => ({
        lastFact: await options.takeFacts(parseMessage(factsMessageSchema, data)),
      })),
    );
    this.#stopBeating = options.clock.every(HEARTBEAT_INTERVAL_MS, () => this.beat());
  }

  get connected(): boolean {
    return this.#proof.isProven;
  }

  /** Tells the SFU at once how things stand; also happens every HEARTBEAT_INTERVAL_MS. */
  beat(): void {
    if (!this.connected) return;
    const { clock, heartbeat, log, sfuClock } = this.#options;
    const sentMs = clock.nowMs();
    for (const part of heartbeatParts(heartbeat())) {
      this.#socket.emit('heartbeat', part, (reply: unknown) => {
        try {
          sfuClock.exchange(sentMs, openReply(heartbeatResultSchema, reply).sfuNowMs, clock.nowMs());
        } catch (cause) {
          log.warn('heartbeat-refused', { cause: (cause as Error).message });
        }
      });
    }
  }

  /** A recording ended without the SFU's Stop. One that is away learns it by our heartbeats, which do not name it. */
  ended(recordingId: string, error: ErrorBody): void {
    if (!this.connected) return;
    this.#socket.emit('recordingEnded', { recordingId, error });
  }

  close(): void {
    this.#isClosed = true;
    this.#stopBeating();
    this.#socket.close();
  }

  #serve<N extends RecorderCommandName>(name: N): void {
    const handler: CommandHandlers[N] = this.#options.commands[name];
    this.#socket.on(name as string, (data: unknown, answer: unknown) =>
      this.#answer(name, answer, () =>
        handler(parseMessage(recorderCommands[name].params, data) as RecorderCommandParams<N>),
      ),
    );
  }

  async #answer(name: string, answer: unknown, work: () => Promise<object>): Promise<void> {
    // Nobody gives us orders who has not shown the token.
    if (typeof answer !== 'function' || !this.connected) return;
    try {
      const result = await work();
      answer({ ok: true, ...result });
    } catch (cause) {
      const fault = Fault.from(cause);
      this.#options.log.warn('command-failed', { name, code: fault.code, cause: (cause as Error).message });
      answer({ ok: false, error: fault.toBody() });
    }
  }

  #proven(error: ErrorBody | undefined): void {
    const { log, url } = this.#options;
    if (error) {
      log.error('sfu-refused', { url, ...error });
      // Also where it does not end by itself: an SFU that cannot prove itself is not ours.
      this.#socket.disconnect();
      this.#retryLater();
      return;
    }
    log.info('sfu-connected', { url });
    this.beat();
  }

  #retryLater(): void {
    this.#options.clock.after(REFUSED_RETRY_MS, () => {
      if (!this.#isClosed) this.#socket.connect();
    });
  }

  /** Once a connection is refused by the server itself, the library stops trying; what is wrong may be mended there. */
  #refused(error: Error & { data?: unknown }): void {
    const { log, url } = this.#options;
    this.#proof.end();
    const body = errorBodySchema.safeParse(error.data);
    if (!body.success) {
      log.debug('sfu-unreachable', { url, cause: error.message });
      return;
    }
    log.error('sfu-refused', { url, code: body.data.code, message: body.data.message });
    this.#retryLater();
  }
}
