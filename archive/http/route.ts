import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type AccessRole, type RouteName, requireAccess } from '../access/table.ts';
import type { OpenStream } from '../streams/open-streams.ts';
import type { HttpContext } from './context.ts';
import { credentialsOf } from './cookies.ts';

/** The path parameters, by name; all are text. */
export type Params = Readonly<Record<string, string | undefined>>;

export interface Route {
  /** The meeting that the request is about; its host may then be let in. */
  meetingOf?: (params: Params) => string | undefined | Promise<string | undefined>;
  handle: (request: FastifyRequest, reply: FastifyReply, params: Params, asker: Asker) => unknown;
}

/** Who asks, once let in. */
export interface Asker {
  roles: ReadonlySet<AccessRole>;
  /** The same, as the audit log names them. */
  deed: { actor: 'admin' | 'host' | 'anonymous'; address: string };
}

declare module 'fastify' {
  interface FastifyRequest {
    asker: Asker;
    /** The answer, where it is more than a few words: it ends with what lets its asker in. */
    stream: OpenStream;
  }
}

/** Registers a route of the access table, and HEAD with every GET; nothing runs before access has been granted. */
export function addRoute(app: FastifyInstance, context: HttpContext, name: RouteName, route: Route): void {
  const [method = '', url = ''] = name.split(' ');
  app.route({
    method: method === 'GET' ? ['GET', 'HEAD'] : method,
    url,
    onRequest: async (request, reply) => {
      const meetingId = await route.meetingOf?.(paramsOf(request));
      const credentials = credentialsOf(context, request, meetingId);
      const shown = Object.values(credentials).some((value) => value !== undefined);
      const roles = context.roles.rolesOf(credentials, meetingId);
      requireAccess(name, roles, shown);
      const actor = roles.has('admin') ? 'admin' : roles.has('host') ? 'host' : 'anonymous';
      request.stream = context.streams.open();
      reply.raw.once('close', () => request.stream.letGo());
      const session =
        roles.has('admin') && credentials.session ? context.sessions.find(credentials.session) : undefined;
      if (session) {
        request.stream.hangOn('admin');
        request.stream.hangOn(session.hold, session.expiresAtMs);
      }
      request.asker = { roles, deed: { actor, address: context.addressOf(request.raw) } };
    },
    handler: async (request, reply) => {
      reply.header('cache-control', 'no-store');
      return route.handle(request, reply, paramsOf(request), request.asker);
    },
  });
}

const paramsOf = (request: FastifyRequest) => request.params as Params;
