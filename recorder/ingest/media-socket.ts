import { Fault } from '#protocol/errors.ts';
import type { Endpoint } from '#protocol/recorder.ts';

/** @param arrivedMs when it arrived at this machine, on our clock; undefined where nobody knows */
export type OnDatagram = (datagram: Buffer, arrivedMs?: number) => void;

/** A person's socket: RTP and RTCP of all their streams (rtcp-mux, RFC 5761), from and to the SFU's transport alone. */
export interface MediaSocket {
  readonly endpoint: Endpoint;
  /** Datagrams from anywhere else. */
  readonly strangers: number;
  /** RTCP that the system did not take. */
  readonly unsent: number;
  /** From now on datagrams of this transport are taken, and RTCP is sent to it. */
  connect(from: Endpoint): void;
  /** RTCP may be lost on the way like any datagram; a failure to send is no different. */
  send(datagram: Buffer): void;
  /**
   * Takes what lies there, where that can be done at once. Answers whether more may lie there still: a flood, or, where Node reads
   * by itself, so much has come since this was asked last.
   */
  drain(): boolean;
  close(): void;
}

/** Opens them. */
export interface MediaSockets {
  /** Whether one call reads many datagrams. */
  readonly isBatched: boolean;
  /** @throws Fault `ports-exhausted` when no port of the range can be bound */
  bind(onDatagram: OnDatagram): Promise<MediaSocket>;
}

export function portsExhausted(cause?: unknown): Fault {
  return new Fault('ports-exhausted', undefined, { cause });
}
