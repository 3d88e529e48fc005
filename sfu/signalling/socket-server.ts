import type { Server as HttpServer } from 'node:http';
import { Server } from 'socket.io';

/** The largest message: negotiation objects take some 10 kB, a recorder's heartbeat with 600 files about 100. */
export const MAX_MESSAGE_BYTES = 256 * 1024;
/** A socket that has connected to no namespace by then is closed. */
const CONNECT_TIMEOUT_MS = 10_000;
/** A participant's dead connection is noticed after at most the sum of both. */
const PING_INTERVAL_MS = 5000;
const PING_TIMEOUT_MS = 10_000;

export function openSocketServer(http: HttpServer): Server {
  return new Server(http, {
    serveClient: false,
    maxHttpBufferSize: MAX_MESSAGE_BYTES,
    connectTimeout: CONNECT_TIMEOUT_MS,
    pingInterval: PING_INTERVAL_MS,
    pingTimeout: PING_TIMEOUT_MS,
  });
}
