import { io, type Socket } from 'socket.io-client';
import { errorBodySchema, Fault } from '#protocol/errors.ts';
import { openReply } from '#protocol/reply.ts';
import {
  type NoticeName,
  notices,
  type RequestName,
  type RequestParams,
  type RequestResult,
  requests,
} from '#protocol/signalling.ts';
import { PROTOCOL_VERSION } from '#protocol/version.ts';
import type { Clock } from '../session/ports/clock.ts';
import type { AnyNotice, Signalling, SignallingEvents } from '../session/ports/signalling.ts';

const REQUEST_TIMEOUT_MS = 15_000;
/** Stop answers when every file is complete on disk. */
const STOP_TIMEOUT_MS = 60_000;
/** An attempt that gets no answer at all, as where a network swallows packets. */
const CONNECT_TIMEOUT_MS = 5000;
const RECONNECT_MIN_MS = 300;
const RECONNECT_MAX_MS = 4000;

/** Signalling over socket.io on this page's own origin: WebSocket, or polling where a proxy lets no WebSocket through. */
export function socketSignalling(clock: Clock): Signalling {
  return {
    open(token, events) {
      const socket = io({
        // Asked for with each attempt: the ticket comes with joining.
        auth: (answer) => {
          const ticket = events.ticket();
          answer({ token, version: PROTOCOL_VERSION, ...(ticket !== undefined && { ticket }) });
        },
        forceNew: true,
        timeout: CONNECT_TIMEOUT_MS,
        transports: ['websocket', 'polling'],
        tryAllTransports: true,
        reconnectionDelay: RECONNECT_MIN_MS,
        reconnectionDelayMax: RECONNECT_MAX_MS,
      });
      const stopWatching = watchConnection(socket, events, clock);
      listen(socket, events);
      return {
        async request<N extends RequestName>(name: N, params: RequestParams<N>) {
          if (!socket.connected) throw new Fault('timeout');
          const timeoutMs = name === 'stopRecording' ? STOP_TIMEOUT_MS : REQUEST_TIMEOUT_MS;
          let reply: unknown;
          try {
            reply = await socket.timeout(timeoutMs).emitWithAck(name, params);
          } catch (cause) {
            throw new Fault('timeout', undefined, { cause });
          }
          // The schema of this very name gives this very result; the compiler sees only the union of all.
          return openReply(requests[name].result, reply) as RequestResult<N>;
        },
        close() {
          stopWatching();
          socket.removeAllListeners();
          socket.disconnect();
        },
      };
    },
  };
}

/** Answers a function that ends it, and a reconnect which is due. */
function watchConnection(socket: Socket, events: SignallingEvents, clock: Clock): () => void {
  let cancel = (): void => {};
  socket.on('connect', () => events.connected());
  socket.on('disconnect', (reason) => {
    events.lost();
    // A server that closed the socket on its way down is not called again by the library.
    if (reason === 'io server disconnect') {
      cancel = clock.after(RECONNECT_MIN_MS, () => socket.connect());
    }
  });
  socket.on('connect_error', (error: Error & { data?: unknown }) => {
    // An active socket could not be reached, and goes on trying; otherwise the server has refused us.
    if (socket.active) return events.lost();
    const body = errorBodySchema.safeParse(error.data);
    events.refused(body.success ? new Fault(body.data.code, body.data.message) : new Fault('internal'));
  });
  // The browser has a network again: that is sooner known than any waiting time is over.
  const goOn = (): void => {
    if (!socket.connected && socket.active) socket.disconnect().connect();
  };
  window.addEventListener('online', goOn);
  return () => {
    window.removeEventListener('online', goOn);
    cancel();
  };
}

function listen(socket: Socket, events: SignallingEvents): void {
  for (const name of Object.keys(notices) as NoticeName[]) {
    socket.on(name, (data: unknown) => {
      const parsed = notices[name].safeParse(data);
      // A notice that is not understood comes from another version, which the handshake excludes: a bug to be seen.
      if (parsed.success) events.notice({ name, data: parsed.data } as AnyNotice);
      else console.error('notice not understood', name, parsed.error.message);
    });
  }
}
