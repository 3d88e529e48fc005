import type { FastifyInstance, FastifyReply } from 'fastify';
import {
  createMeetingBodySchema,
  joinMeetingBodySchema,
  showHostKeyBodySchema,
} from '../../protocol/archive-api.ts';
import { Fault } from '../../protocol/errors.ts';
import { parseMessage } from '../../protocol/reply.ts';
import { makeConnectionId, signJoinToken } from '../app/join-token.ts';
import type { HttpContext } from './context.ts';
import { setHostCookie } from './cookies.ts';
import { addRoute } from './route.ts';

/** Making meetings and letting people into them. */
export function addMeetingRoutes(app: FastifyInstance, context: HttpContext): void {
  const { clock, joinSecret, limits, meetings, secureCookies } = context;

  addRoute(app, context, 'POST /api/meetings', {
    handle: (request, reply) => {
      limits.createMeeting.count(request.ip);
      const { name } = parseMessage(createMeetingBodySchema, request.body);
      reply.status(201);
      return meetings.create(name);
    },
  });

  addRoute(app, context, 'GET /api/meetings/:id', {
    handle: (_request, _reply, { id = '' }) => meetings.get(id),
  });

  /** @throws Fault `host-key-wrong` */
  const letHostIn = (reply: FastifyReply, id: string, hostKey: string): void => {
    if (!meetings.isHostKey(id, hostKey)) throw new Fault('host-key-wrong');
    setHostCookie(reply, id, hostKey, secureCookies);
  };

  addRoute(app, context, 'POST /api/meetings/:id/host', {
    handle: (request, reply, { id = '' }) => {
      limits.join.count(request.ip);
      const { hostKey } = parseMessage(showHostKeyBodySchema, request.body);
      const meeting = meetings.get(id);
      letHostIn(reply, id, hostKey);
      return meeting;
    },
  });

  addRoute(app, context, 'POST /api/meetings/:id/join', {
    handle: async (request, reply, { id = '' }) => {
      limits.join.count(request.ip);
      const { hostKey, name } = parseMessage(joinMeetingBodySchema, request.body);
      const meeting = meetings.get(id);
      if (hostKey !== undefined) letHostIn(reply, id, hostKey);
      const connectionId = makeConnectionId(name);
      const role = hostKey === undefined ? 'participant' : 'host';
      const claims = { meeting: id, meetingName: meeting.name, role, name, connectionId } as const;
      return { token: await signJoinToken(claims, joinSecret, clock.nowMs()), connectionId };
    },
  });
}
