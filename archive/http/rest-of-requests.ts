import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import type { Clock } from '#service/clock.ts';

/** What still comes of a request that was answered is thrown away for this long, and up to this much; then the connection is cut. */
export const REST_MS = 10_000;
export const REST_BYTES = 16 * 1024 * 1024;
const LOOK_MS = 100;

/**
 * A request may be answered before all of it has come: it is too large, or asks for what it may not. Cut there, its sender
 * would meet a broken pipe and never read the words: so the rest runs out first, within bounds.
 */
export function letRestRunOut(app: FastifyInstance, clock: Clock): void {
  const stops = new Set<() => void>();
  app.addHook('onSend', async ({ raw }, reply, payload) => {
    // Fastify closes with this answer, and Node would do so while bytes lie unread: the system then resets the connection.
    if (!raw.complete && raw.httpVersion === '1.1') reply.removeHeader('connection');
    return payload;
  });
  app.addHook('onResponse', async ({ raw }) => {
    // A tunnel or an answer that was given up has no rest.
    if (raw.complete || raw.socket.destroyed) return;
    const stop = watch(raw, raw.socket, clock, () => stops.delete(stop));
    stops.add(stop);
  });
  app.addHook('preClose', async () => {
    for (const stop of stops) stop();
  });
}

function watch(request: IncomingMessage, socket: Socket, clock: Clock, onOver: () => void): () => void {
  const [sinceMs, since] = [clock.nowMs(), socket.bytesRead];
  request.resume();
  const stop = clock.every(LOOK_MS, () => {
    const isTooMuch = socket.bytesRead - since > REST_BYTES || clock.nowMs() - sinceMs >= REST_MS;
    if (!request.complete && !socket.destroyed && !isTooMuch) return;
    if (!request.complete) request.destroy();
    stop();
    onOver();
  });
  return stop;
}
