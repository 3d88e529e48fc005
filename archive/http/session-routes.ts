import type { FastifyInstance } from 'fastify';
import { Fault } from '#protocol/errors.ts';
import { changePasswordBodySchema, signInBodySchema } from '#protocol/http/session.ts';
import { parseMessage } from '#protocol/reply.ts';
import { SESSION_LIFETIME_S } from '../app/sessions.ts';
import type { HttpContext } from './context.ts';
import { clearSessionCookie, credentialsOf, isSecure, setSessionCookie } from './cookies.ts';
import { addRoute } from './route.ts';

/** Signing in as administrator, and out. */
export function addSessionRoutes(app: FastifyInstance, context: HttpContext): void {
  const { admin, audit, sessions } = context;

  addRoute(app, context, 'GET /api/session', {
    handle: (request) => {
      const { session } = credentialsOf(context, request, undefined);
      return { signedIn: session !== undefined && sessions.isValid(session) };
    },
  });

  addRoute(app, context, 'POST /api/session', {
    handle: async (request, reply, _params, { deed }) => {
      const { password } = parseMessage(signInBodySchema, request.body);
      if (!(await admin.verify(password, deed.address))) {
        audit.record({ ...deed, action: 'sign-in-refused' });
        throw new Fault('password-wrong');
      }
      setSessionCookie(reply, sessions.create(), SESSION_LIFETIME_S, isSecure(context, request));
      audit.record({ ...deed, actor: 'admin', action: 'signed-in' });
      return { signedIn: true };
    },
  });

  addRoute(app, context, 'DELETE /api/session', {
    handle: (request, reply, _params, { deed }) => {
      const { session } = credentialsOf(context, request, undefined);
      if (session !== undefined && sessions.end(session)) audit.record({ ...deed, action: 'signed-out' });
      clearSessionCookie(reply, isSecure(context, request));
      return { signedIn: false };
    },
  });

  addRoute(app, context, 'DELETE /api/sessions', {
    handle: (request, reply, _params, { deed }) => {
      sessions.endAll();
      audit.record({ ...deed, action: 'signed-out-everywhere' });
      clearSessionCookie(reply, isSecure(context, request));
      return { signedIn: false };
    },
  });

  addRoute(app, context, 'POST /api/password', {
    handle: async (request, reply, _params, { deed }) => {
      const { current, next } = parseMessage(changePasswordBodySchema, request.body);
      if (!(await admin.verify(current, deed.address))) {
        audit.record({ ...deed, action: 'sign-in-refused' });
        throw new Fault('password-wrong');
      }
      await admin.change(next, deed.address);
      sessions.endAll();
      audit.record({ ...deed, action: 'password-changed' });
      setSessionCookie(reply, sessions.create(), SESSION_LIFETIME_S, isSecure(context, request));
      return { signedIn: true };
    },
  });
}
