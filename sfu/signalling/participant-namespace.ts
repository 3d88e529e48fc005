import type { IncomingMessage } from 'node:http';
import type { Server, Socket } from 'socket.io';
import { type ErrorCode, Fault } from '#protocol/errors.ts';
import type { JoinClaims } from '#protocol/join-token.ts';
import type { RequestName } from '#protocol/signalling.ts';
import type { Clock } from '#service/clock.ts';
import type { Log } from '#service/log.ts';
import { limitedNetworkOf } from '#service/network-address.ts';
import type { NetworkShares } from '../meeting/capacity.ts';
import { GRACE_MS } from '../meeting/meeting-context.ts';
import type { Meetings } from '../meeting/meetings.ts';
import { requestHandlers } from '../meeting/request-handlers.ts';
import type { Session } from '../meeting/visitor.ts';
import { Dispatcher } from './dispatcher.ts';
import { Ghosts } from './ghosts.ts';
import { checkHandshake } from './join-token.ts';
import { Refusals } from './refusals.ts';
import { RequestLimits } from './request-limits.ts';

/** Sockets at once, participants' and recorders'. */
export const MAX_SOCKETS = 10_000;

export interface ParticipantNamespaceOptions {
  joinSecret: string;
  meetings: Meetings;
  /** Of those that one network may have. */
  shares: NetworkShares;
  addressOf(request: IncomingMessage): string;
  clock: Clock;
  log: Log;
  count(request: RequestName | 'unknown', result: 'ok' | ErrorCode): void;
  /** Counts sockets that are closed because they ignored the limits. */
  flooded(): void;
  /** Counts sockets that are not let in. */
  refused(code: ErrorCode): void;
}

/** Lets participants in: socket.io namespace `/`, a join token in the handshake. */
export function serveParticipants(server: Server, options: ParticipantNamespaceOptions): void {
  const { addressOf, clock, joinSecret, log, meetings, refused, shares } = options;
  const refusals = new Refusals({
    clock,
    log,
    event: 'participants-refused',
    count: refused,
  });
  const ghosts = new Ghosts(clock, GRACE_MS);
  server.use(async (socket, next) => {
    try {
      if (server.engine.clientsCount > MAX_SOCKETS) throw new Fault('rooms-full');
      const claims = await checkHandshake(socket.handshake.auth, joinSecret, clock.wallMs(), (who, ticket) =>
        meetings.hasSession(who, ticket),
      );
      const address = addressOf(socket.request);
      ghosts.settle();
      shares.check(address);
      meetings.checkRoomFor(claims.meeting, address);
      socket.data.address = address;
      socket.data.claims = claims;
      next();
    } catch (cause) {
      next(refusals.refuse(Fault.from(cause), addressOf(socket.request)));
    }
  });
  const limits = new RequestLimits(clock);
  server.on('connection', (socket) => {
    try {
      connect(socket, options, limits, ghosts);
    } catch (cause) {
      // Others of its network took the last place while it was being let in.
      refusals.refuse(Fault.from(cause), addressOf(socket.request));
      socket.disconnect(true);
    }
  });
}

function connect(
  socket: Socket,
  { count, flooded, log, meetings, shares }: ParticipantNamespaceOptions,
  limits: RequestLimits,
  ghosts: Ghosts,
): void {
  const claims: JoinClaims = socket.data.claims;
  const address: string = socket.data.address;
  const giveBack = shares.take(address);
  const session: Session = {
    notify: ({ name, data }) => socket.emit(name, data),
    end(reason) {
      socket.emit('ended', { reason });
      socket.disconnect();
    },
  };
  const { meeting, visitor } = meetings.enter(claims, session, address);
  const dispatcher = new Dispatcher({
    handlers: requestHandlers(meeting, visitor),
    authorize: (request) => meeting.authorize(request, visitor),
    limits: limits.of(claims.meeting, claims.connectionId, limitedNetworkOf(address)),
    count,
    log,
    onFlood() {
      flooded();
      const { connectionId, meeting: meetingId } = claims;
      log.warn('participant-flood', { address, meetingId, connectionId });
      socket.disconnect(true);
    },
  });
  socket.onAny((...message: unknown[]) => void dispatcher.take(message));
  socket.on('disconnect', (reason) => {
    log.debug('participant-disconnected', { connectionId: claims.connectionId, reason });
    // Who is waited for holds a place in the meeting, and counts for as long.
    if (visitor.joined && !visitor.isGone) ghosts.add(giveBack);
    else giveBack();
    meeting.gone(visitor);
  });
}
