import type { Fault } from '#protocol/errors.ts';
import type { Notice, NoticeName, RequestName, RequestParams, RequestResult } from '#protocol/signalling.ts';

export type AnyNotice = { [N in NoticeName]: { name: N; data: Notice<N> } }[NoticeName];

export interface SignallingEvents {
  /** Each time the socket is there, also after it was lost. */
  connected(): void;
  /** The socket is lost, or was never reached; it is being opened again. */
  lost(): void;
  /** The server does not want this token; nothing more is tried. */
  refused(fault: Fault): void;
  notice(notice: AnyNotice): void;
  /** Of the session that a socket opened again comes back to, if there is one. */
  ticket(): string | undefined;
}

export interface SignallingConnection {
  /** @throws Fault with the server's code, or `timeout`. */
  request<N extends RequestName>(name: N, params: RequestParams<N>): Promise<RequestResult<N>>;
  /** Ends it; no event comes afterwards. */
  close(): void;
}

export interface Signalling {
  open(token: string, events: SignallingEvents): SignallingConnection;
}
