import type { Server, Socket } from 'socket.io';
import { type ErrorCode, Fault } from '#protocol/errors.ts';
import { heartbeatSchema, type RecorderHandshake, recordingEndedSchema } from '#protocol/recorder.ts';
import { parseMessage } from '#protocol/reply.ts';
import type { Clock } from '#service/clock.ts';
import type { Log } from '#service/log.ts';
import type { RecorderDirectory } from '../recording/recorder-directory.ts';
import { checkHandshake, requireProof } from './recorder-admission.ts';
import { Refusals } from './refusals.ts';

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

/** Lets recorders in: socket.io namespace `/recorder`, never through the front door, and after both have proved themselves. */
export function serveRecorders(server: Server, options: RecorderNamespaceOptions): void {
  const { clock, log, refused, token } = options;
  const refusals = new Refusals({
    clock,
    log,
    event: 'recorders-refused',
    count: refused,
  });
  const namespace = server.of('/recorder');
  namespace.use((socket, next) => {
    try {
      socket.data.handshake = checkHandshake(socket.handshake);
      next();
    } catch (cause) {
      next(refusals.refuse(Fault.from(cause)));
    }
  });
  namespace.on('connection', async (socket) => {
    const handshake: RecorderHandshake = socket.data.handshake;
    try {
      const welcome = await requireProof(socket, handshake, token);
      options.directory.checkFree(handshake);
      if (!socket.connected) return;
      // Before the commands that may follow at once.
      socket.emit('welcome', welcome);
      connect(socket, handshake, options);
    } catch (cause) {
      const fault = Fault.from(cause);
      refusals.refuse(fault);
      socket.emit('refused', fault.toBody());
      socket.disconnect();
    }
  });
}

/** @throws Fault `recorder-id-taken` */
function connect(
  socket: Socket,
  handshake: RecorderHandshake,
  { clock, directory, dropped, log }: RecorderNamespaceOptions,
): void {
  const link = directory.add(handshake, {
    send: (event, data, answer) => socket.emit(event, data, answer),
    disconnect: () => socket.disconnect(),
  });
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
