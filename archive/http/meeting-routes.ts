import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Fault } from '#protocol/errors.ts';
import {
  createMeetingBodySchema,
  joinMeetingBodySchema,
  renameMeetingBodySchema,
  showHostKeyBodySchema,
} from '#protocol/http/meetings.ts';
import { parseMessage } from '#protocol/reply.ts';
import { checkMaker } from '../access/creation.ts';
import { makeConnectionId, signJoinToken } from '../app/join-token.ts';
import type { HttpContext } from './context.ts';
import { isSecure, setHostCookie } from './cookies.ts';
import { addRoute } from './route.ts';

/** Making meetings and letting people into them. */
export function addMeetingRoutes(app: FastifyInstance, context: HttpContext): void {
  const { clock, joinSecret, limits, meetings, whoMayCreate } = context;

  addRoute(app, context, 'POST /api/meetings', {
    handle: (request, reply, _params, { deed, roles }) => {
      limits.createMeeting.count(deed.address);
      limits.createMeetingToday.count(deed.address);
      const { key, name } = parseMessage(createMeetingBodySchema, request.body);
      checkMaker(whoMayCreate, limits.password, { roles, address: deed.address, key });
      reply.status(201);
      return meetings.create(name);
    },
  });

  addRoute(app, context, 'GET /api/meetings/:id', {
    handle: (_request, _reply, { id = '' }) => meetings.get(id),
  });

  addRoute(app, context, 'PATCH /api/meetings/:id', {
    meetingOf: ({ id }) => id,
    handle: (request, _reply, { id = '' }) =>
      meetings.rename(id, parseMessage(renameMeetingBodySchema, request.body).name),
  });

  /** @throws Fault `host-key-wrong` */
  const letHostIn = (request: FastifyRequest, reply: FastifyReply, id: string, hostKey: string): void => {
    if (!meetings.isHostKey(id, hostKey)) throw new Fault('host-key-wrong');
    setHostCookie(reply, id, hostKey, isSecure(context, request));
  };

  addRoute(app, context, 'POST /api/meetings/:id/host', {
    handle: (request, reply, { id = '' }, { deed }) => {
      limits.join.count(deed.address);
      const { hostKey } = parseMessage(showHostKeyBodySchema, request.body);
      const meeting = meetings.get(id);
      letHostIn(request, reply, id, hostKey);
      return meeting;
    },
  });

  addRoute(app, context, 'POST /api/meetings/:id/join', {
    handle: async (request, reply, { id = '' }, { deed, roles }) => {
      limits.join.count(deed.address);
      const { hostKey, name } = parseMessage(joinMeetingBodySchema, request.body);
      const meeting = meetings.get(id);
      if (hostKey !== undefined) letHostIn(request, reply, id, hostKey);
      meetings.used(id);
      const connectionId = makeConnectionId(name);
      const role = hostKey === undefined ? 'participant' : 'host';
      const mayRecord = roles.has('admin') ? { mayRecord: true as const } : {};
      const claims = {
        meeting: id,
        meetingName: meeting.name,
        role,
        name,
        connectionId,
        ...mayRecord,
      } as const;
      return { token: await signJoinToken(claims, joinSecret, clock.wallMs()), connectionId };
    },
  });
}
