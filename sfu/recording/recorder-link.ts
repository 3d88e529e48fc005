import type { z } from 'zod';
import { type ErrorBody, Fault } from '#protocol/errors.ts';
import {
  type factsMessageSchema,
  factsResultSchema,
  HEARTBEAT_TIMEOUT_MS,
  type Heartbeat,
  MAX_FILES_PER_RECORDING,
  type RecorderCommandName,
  type RecorderCommandParams,
  type RecorderCommandResult,
  type RecorderHandshake,
  recorderCommands,
} from '#protocol/recorder.ts';
import type { FileProgress } from '#protocol/recording-state.ts';
import { openReply } from '#protocol/reply.ts';
import type { Clock } from '#service/clock.ts';

/** A command that is not answered by then has failed. */
export const COMMAND_TIMEOUT_MS = 5000;
/** A recording that so many whole heartbeats in a row do not name is not made any more [LIGHT5]. */
const MISSING_AFTER_HEARTBEATS = 2;

/** The recorder's socket. */
export interface RecorderSocket {
  /** `answer` gets what the recorder acknowledges with, unless the socket is lost before. */
  send(event: string, data: object, answer: (reply: unknown) => void): void;
  disconnect(): void;
}

/** A recording that is made over this link. */
export interface LinkUser {
  heartbeat(files: readonly FileProgress[]): void;
  lost(): void;
  /** The recorder is there, and does not make it any more. */
  missing(): void;
  ended(error: ErrorBody): void;
  /** Who is to be recorded. */
  people(): number;
}

interface Attached {
  readonly user: LinkUser;
  /** Whole heartbeats since the last one that named it; undefined until the recorder has opened it. */
  unnamed: number | undefined;
}

export interface RecorderLinkEvents {
  /** It serves: it has connected, or beats again. */
  back(link: RecorderLink): void;
  lost(link: RecorderLink): void;
  /** It makes a recording that nobody here knows. */
  orphan(link: RecorderLink, recordingId: string): void;
}

/**
 * A connected recorder. It is `alive` while its heartbeat is younger than HEARTBEAT_TIMEOUT_MS; when it is not, every
 * command that waits fails with `recorder-lost`, and it can come back with the next heartbeat.
 */
export class RecorderLink {
  readonly recorderId: string;
  readonly instanceId: string;
  readonly capacity: number;
  readonly #socket: RecorderSocket;
  readonly #clock: Clock;
  readonly #events: RecorderLinkEvents;
  readonly #users = new Map<string, Attached>();
  readonly #waiting = new Set<(fault: Fault) => void>();
  /** Files of recordings of which the rest is still to come. */
  readonly #parts = new Map<string, FileProgress[]>();
  /** What the heartbeat that is coming in has named so far. */
  readonly #named = new Set<string>();
  #cancelTimeout: () => void = () => {};
  #alive = false;
  #closed = false;
  /** By recording, of whom something is on disk, as the last heartbeat said: who sends nothing takes no place. */
  readonly #recorded = new Map<string, number>();

  constructor(
    handshake: Pick<RecorderHandshake, 'recorderId' | 'instanceId' | 'capacity'>,
    socket: RecorderSocket,
    clock: Clock,
    events: RecorderLinkEvents,
  ) {
    this.recorderId = handshake.recorderId;
    this.instanceId = handshake.instanceId;
    this.capacity = handshake.capacity;
    this.#socket = socket;
    this.#clock = clock;
    this.#events = events;
  }

  get alive(): boolean {
    return this.#alive;
  }

  get free(): number {
    const recorded = [...this.#recorded.values()].reduce((sum, people) => sum + people, 0);
    return Math.max(0, this.capacity - recorded);
  }

  /** The same when everybody who is to be recorded sends. */
  get expectedRoom(): number {
    const opened = [...this.#users.values()].filter(({ unnamed }) => unnamed !== undefined);
    return this.capacity - opened.reduce((sum, { user }) => sum + user.people(), 0);
  }

  /** From now on this recording's heartbeats and end are told. */
  attach(recordingId: string, user: LinkUser): void {
    this.#users.set(recordingId, { user, unnamed: undefined });
  }

  /** The recorder has opened it: from now on its heartbeats name it for as long as it makes it. */
  opened(recordingId: string): void {
    const attached = this.#users.get(recordingId);
    if (attached) attached.unnamed = 0;
  }

  detach(recordingId: string): void {
    this.#users.delete(recordingId);
    this.#recorded.delete(recordingId);
  }

  /** @throws Fault of the recorder; `recorder-lost` when it does not answer, `bad-request` when its answer is none */
  async command<N extends RecorderCommandName>(
    name: N,
    params: RecorderCommandParams<N>,
  ): Promise<RecorderCommandResult<N>> {
    const reply = await this.#ask(name, params);
    return openReply(recorderCommands[name].result, reply) as RecorderCommandResult<N>;
  }

  /** @returns the last fact that the recorder has taken over */
  async sendFacts(message: z.infer<typeof factsMessageSchema>): Promise<number> {
    const reply = await this.#ask('facts', message);
    return openReply(factsResultSchema, reply).lastFact;
  }

  /** The recorder is there: it has just connected, or beats. */
  beat(heartbeat: Heartbeat): void {
    if (this.#closed) return;
    this.#cancelTimeout();
    this.#cancelTimeout = this.#clock.after(HEARTBEAT_TIMEOUT_MS, () => this.#lose());
    if (!this.#alive) {
      this.#alive = true;
      this.#events.back(this);
    }
    for (const { recordingId, files: part, more } of heartbeat.recordings) {
      const files = [...(this.#parts.get(recordingId) ?? []), ...part].slice(0, MAX_FILES_PER_RECORDING);
      this.#parts.delete(recordingId);
      this.#named.add(recordingId);
      if (more) {
        this.#parts.set(recordingId, files);
        continue;
      }
      this.#recorded.set(recordingId, peopleIn(files));
      const attached = this.#users.get(recordingId);
      if (attached) attached.user.heartbeat(files);
      else this.#events.orphan(this, recordingId);
    }
    if (!heartbeat.more) this.#tellMissing();
  }

  /** The recorder has ended a recording by itself. */
  ended(recordingId: string, error: ErrorBody): void {
    this.#users.get(recordingId)?.user.ended(error);
  }

  /** The socket is gone, or another one takes its place. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#lose();
    this.#socket.disconnect();
  }

  /** A heartbeat has come in whole. */
  #tellMissing(): void {
    for (const [recordingId, attached] of [...this.#users]) {
      if (attached.unnamed === undefined) continue;
      attached.unnamed = this.#named.has(recordingId) ? 0 : attached.unnamed + 1;
      if (attached.unnamed >= MISSING_AFTER_HEARTBEATS) attached.user.missing();
    }
    this.#named.clear();
  }

  #lose(): void {
    this.#cancelTimeout();
    this.#parts.clear();
    this.#named.clear();
    const wasAlive = this.#alive;
    this.#alive = false;
    for (const fail of [...this.#waiting]) fail(new Fault('recorder-lost'));
    if (!wasAlive) return;
    for (const { user } of [...this.#users.values()]) user.lost();
    this.#events.lost(this);
  }

  #ask(event: string, data: object): Promise<unknown> {
    if (!this.#alive) return Promise.reject(new Fault('recorder-lost'));
    return new Promise((resolve, reject) => {
      const settle = (): void => {
        cancel();
        this.#waiting.delete(fail);
      };
      const fail = (fault: Fault): void => {
        settle();
        reject(fault);
      };
      const cancel = this.#clock.after(COMMAND_TIMEOUT_MS, () =>
        fail(new Fault('recorder-lost', `The recorder did not answer "${event}" in time.`)),
      );
      this.#waiting.add(fail);
      this.#socket.send(event, data, (reply) => {
        settle();
        resolve(reply);
      });
    });
  }
}

function peopleIn(files: readonly FileProgress[]): number {
  return new Set(files.filter(({ bytes }) => bytes > 0).map(({ connectionId }) => connectionId)).size;
}
