import { Fault } from '#protocol/errors.ts';
import type { RequestName, RequestParams, RequestResult } from '#protocol/signalling.ts';
import type { Archive } from '../ports/archive.ts';
import type { Clock } from '../ports/clock.ts';
import type { Signalling, SignallingConnection, SignallingEvents } from '../ports/signalling.ts';
import type { RecentMeetings } from '../recent-meetings.ts';

/** Sessions that were started over within this time count together, and all those since something was well. */
const MENDING_WINDOW_MS = 60_000;
const MAX_MENDINGS = 4;
const MENDING_DELAY_MS = 500;

export interface ServerPorts {
  archive: Archive;
  signalling: Signalling;
  clock: Clock;
  recent: RecentMeetings;
}

/** The way to the meeting server: a join token for a name, and the one socket that it opens. */
export class ServerLink {
  readonly #meetingId: string;
  readonly #ports: ServerPorts;
  readonly #events: SignallingEvents;
  #connection: SignallingConnection | undefined;
  #token: { name: string; token: string } | undefined;
  #socket = new AbortController();
  #mendings: number[] = [];
  #wellMs = Number.NEGATIVE_INFINITY;
  #cancelMending: (() => void) | undefined;

  /** @param events nothing of a socket is heard any more once another one, or none, has taken its place */
  constructor(meetingId: string, ports: ServerPorts, events: SignallingEvents) {
    this.#meetingId = meetingId;
    this.#ports = ports;
    this.#events = events;
  }

  /** The name in the token; undefined before there is one. */
  get name(): string | undefined {
    return this.#token?.name;
  }

  get connection(): SignallingConnection | undefined {
    return this.#connection;
  }

  /** Aborted when another socket, or none, takes the place of this one: what began with it is out of date. */
  get signal(): AbortSignal {
    return this.#socket.signal;
  }

  /** Asks for a token with this name, and opens a socket with it. A failure is told as a refusal. */
  async connect(name: string): Promise<void> {
    const signal = this.close();
    const { archive, recent } = this.#ports;
    const hostKey = recent.hostKeyOf(this.#meetingId);
    try {
      const { token } = await archive.join(this.#meetingId, name, hostKey);
      if (signal.aborted) return;
      this.#token = { name, token };
      this.#open(token);
    } catch (cause) {
      if (signal.aborted) return;
      const fault = Fault.from(cause);
      if (fault.code === 'host-key-wrong') recent.forgetHostKey(this.#meetingId);
      this.#events.refused(fault);
    }
  }

  /** Closes the socket and opens another with the same token, a moment later. False: it was tried too often. */
  mend(): boolean {
    const { clock } = this.#ports;
    const nowMs = clock.nowMs();
    const countFromMs = Math.min(nowMs - MENDING_WINDOW_MS, this.#wellMs);
    this.#mendings = [...this.#mendings.filter((atMs) => atMs > countFromMs), nowMs];
    const token = this.#token?.token;
    this.close();
    if (token === undefined || this.#mendings.length > MAX_MENDINGS) return false;
    this.#cancelMending = clock.after(MENDING_DELAY_MS * this.#mendings.length, () => this.#open(token));
    return true;
  }

  /** What was started over is well. */
  mended(): void {
    this.#wellMs = this.#ports.clock.nowMs();
  }

  /** Answers the signal of what begins. */
  close(): AbortSignal {
    this.#cancelMending?.();
    this.#connection?.close();
    this.#connection = undefined;
    this.#socket.abort();
    this.#socket = new AbortController();
    return this.#socket.signal;
  }

  /** @throws Fault */
  async request<N extends RequestName>(name: N, params: RequestParams<N>): Promise<RequestResult<N>> {
    if (!this.#connection) throw new Fault('not-joined');
    return this.#connection.request(name, params);
  }

  #open(token: string): void {
    const signal = this.close();
    this.#connection = this.#ports.signalling.open(token, {
      connected: () => !signal.aborted && this.#events.connected(),
      lost: () => !signal.aborted && this.#events.lost(),
      refused: (fault) => !signal.aborted && this.#events.refused(fault),
      notice: (notice) => !signal.aborted && this.#events.notice(notice),
      ticket: () => (signal.aborted ? undefined : this.#events.ticket()),
    });
  }
}
