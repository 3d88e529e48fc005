import type { Server as HttpServer, IncomingMessage } from 'node:http';
import { Server } from 'socket.io';
import { Fault } from '#protocol/errors.ts';
import { MAX_MESSAGE_BYTES } from '#protocol/reply.ts';
import { NetworkShares } from '../meeting/capacity.ts';

/** A socket that has connected to no namespace by then is closed. */
const CONNECT_TIMEOUT_MS = 10_000;
/** A participant's dead connection is noticed after at most the sum of both. */
const PING_INTERVAL_MS = 5000;
const PING_TIMEOUT_MS = 10_000;
/** Connections of one network beyond its sockets: those that are refused with words are open for a moment. */
const SPARE_CONNECTIONS = 50;

export interface SocketServerOptions {
  /** Sockets of one network that are let in. */
  maxPerNetwork: number;
  addressOf(request: IncomingMessage): string;
}

/** Connections are counted from the first request on: one that says nothing more takes its place all the same. */
export function openSocketServer(
  http: HttpServer,
  { addressOf, maxPerNetwork }: SocketServerOptions,
): Server {
  const connections = new NetworkShares(maxPerNetwork + SPARE_CONNECTIONS, 'Too many connections.');
  const server = new Server(http, {
    serveClient: false,
    maxHttpBufferSize: MAX_MESSAGE_BYTES,
    connectTimeout: CONNECT_TIMEOUT_MS,
    pingInterval: PING_INTERVAL_MS,
    pingTimeout: PING_TIMEOUT_MS,
    allowRequest: (request, answer) => {
      try {
        connections.check(addressOf(request));
        answer(null, true);
      } catch (cause) {
        answer(Fault.from(cause).message, false);
      }
    },
  });
  server.engine.on('connection', (connection: { request: IncomingMessage; once: Once; close(): void }) => {
    try {
      connection.once('close', connections.take(addressOf(connection.request)));
    } catch {
      connection.close(); // Others of its network came in while it was being opened.
    }
  });
  return server;
}

type Once = (event: 'close', listener: () => void) => void;
