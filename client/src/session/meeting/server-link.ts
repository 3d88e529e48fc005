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
  #generation = 0;
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

  /** Changes with every socket: what began under another number is out of date. */
  get generation(): number {
    return this.#generation;
  }

  /** Asks for a token with this name, and opens a socket with it. A failure is told as a refusal. */
  async connect(name: string): Promise<void> {
    const generation = this.close();
    const { archive, recent } = this.#ports;
    const hostKey = recent.hostKeyOf(this.#meetingId);
    try {
      const { token } = await archive.join(this.#meetingId, name, hostKey);
      if (generation !== this.#generation) return;
      this.#token = { name, token };
      this.#open(token);
    } catch (cause) {
      if (generation !== this.#generation) return;
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

  /** Answers the number of the generation that begins. */
  close(): number {
    this.#cancelMending?.();
    this.#connection?.close();
    this.#connection = undefined;
    return ++this.#generation;
  }

  /** @throws Fault */
  async request<N extends RequestName>(name: N, params: RequestParams<N>): Promise<RequestResult<N>> {
    if (!this.#connection) throw new Fault('not-joined');
    return this.#connection.request(name, params);
  }

  #open(token: string): void {
    const generation = this.close();
    const isCurrent = () => generation === this.#generation;
    this.#connection = this.#ports.signalling.open(token, {
      connected: () => isCurrent() && this.#events.connected(),
      lost: () => isCurrent() && this.#events.lost(),
      refused: (fault) => isCurrent() && this.#events.refused(fault),
      notice: (notice) => isCurrent() && this.#events.notice(notice),
      ticket: () => (isCurrent() ? this.#events.ticket() : undefined),
    });
  }
}
