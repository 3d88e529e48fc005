import { createHash, timingSafeEqual } from 'node:crypto';
import type { Server, Socket } from 'socket.io';
import { type ErrorCode, Fault } from '../../protocol/errors.ts';
import {
  heartbeatSchema,
  type RecorderHandshake,
  recorderHandshakeSchema,
  recordingEndedSchema,
} from '../../protocol/recorder.ts';
import { parseMessage } from '../../protocol/reply.ts';
import { PROTOCOL_VERSION } from '../../protocol/version.ts';
import type { Clock } from '../../service/clock.ts';
import type { Log } from '../../service/log.ts';
import { Refusals } from '../signalling/refusals.ts';
import type { RecorderDirectory } from './recorder-directory.ts';

export interface RecorderNamespaceOptions {
  token: string;
  directory: RecorderDirectory;
  clock: Clock;
  log: Log;
  /** Counts what could not be used. */
  dropped(reason: string): void;
  /** Counts sockets that are not let in. */
  refused(code: ErrorCode): void;
}

/** Lets recorders in: socket.io namespace `/recorder`, the token in the handshake. */
export function serveRecorders(server: Server, options: RecorderNamespaceOptions): void {
  const { clock, directory, log, refused } = options;
  const refusals = new Refusals({
    clock,
    log,
    event: 'recorders-refused',
    count: refused,
  });
  const namespace = server.of('/recorder');
  namespace.use((socket, next) => {
    try {
      const handshake = checkHandshake(socket.handshake.auth, options.token);
      directory.checkFree(handshake);
      socket.data.handshake = handshake;
      next();
    } catch (cause) {
      next(refusals.refuse(Fault.from(cause)));
    }
  });
  namespace.on('connection', (socket) => connect(socket, options));
}

/** @throws Fault `protocol-mismatch`, `recorder-token-wrong`, `bad-request` */
export function checkHandshake(auth: Record<string, unknown>, token: string): RecorderHandshake {
  if (auth.version !== PROTOCOL_VERSION) {
    throw new Fault('protocol-mismatch', 'Recorder and SFU are of different versions. Update both.');
  }
  if (typeof auth.token !== 'string' || !isSameSecret(auth.token, token))
    throw new Fault('recorder-token-wrong');
  return parseMessage(recorderHandshakeSchema, auth);
}

/** In constant time, whatever their lengths. */
function isSameSecret(given: string, expected: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}

function connect(socket: Socket, { clock, directory, dropped, log }: RecorderNamespaceOptions): void {
  const handshake: RecorderHandshake = socket.data.handshake;
  let link: ReturnType<RecorderDirectory['add']>;
  try {
    link = directory.add(handshake, {
      send: (event, data, answer) => socket.emit(event, data, answer),
      disconnect: () => socket.disconnect(),
    });
  } catch (cause) {
    // Another one under its id was let in between the check and now.
    log.warn('recorder-refused', { code: Fault.from(cause).code });
    socket.disconnect();
    return;
  }
  log.info('recorder-connected', { recorderId: handshake.recorderId, capacity: handshake.capacity });
  socket.on('heartbeat', (data: unknown, answer: unknown) => {
    const reply = typeof answer === 'function' ? answer : () => {};
    try {
      link.beat(parseMessage(heartbeatSchema, data));
      reply({ ok: true, sfuNowMs: clock.nowMs() });
    } catch (cause) {
      dropped('recorder-message');
      reply({ ok: false, error: Fault.from(cause).toBody() });
    }
  });
  socket.on('recordingEnded', (data: unknown) => {
    const parsed = recordingEndedSchema.safeParse(data);
    if (parsed.success) link.ended(parsed.data.recordingId, parsed.data.error);
    else dropped('recorder-message');
  });
  socket.on('disconnect', (reason) => {
    log.warn('recorder-disconnected', { recorderId: handshake.recorderId, reason });
    directory.remove(link);
  });
}
