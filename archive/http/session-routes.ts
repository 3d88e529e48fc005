import { Fault } from '#protocol/errors.ts';
import { sessionRoutes } from '#protocol/http/session.ts';
import type { Admin } from '../app/admin.ts';
import type { Sessions } from '../app/sessions.ts';
import type { Audit } from '../audit/audit.ts';
import type { Cookies } from './cookies.ts';
import { type Asker, type Feature, feature } from './route.ts';

/** Signing in as administrator, and out. */
export function sessionFeature(parts: {
  admin: Admin;
  audit: Audit;
  cookies: Cookies;
  sessions: Sessions;
}): Feature {
  const { admin, audit, cookies, sessions } = parts;

  /** @throws Fault `password-wrong`, `rate-limited` */
  const verify = async (password: string, { deed }: Pick<Asker, 'deed'>): Promise<void> => {
    if (await admin.verify(password, deed.address)) return;
    await audit.record({ ...deed, action: 'sign-in-refused' });
    throw new Fault('password-wrong');
  };

  return feature(sessionRoutes, {
    'GET /api/session': async ({ request }) => {
      const session = cookies.session(request);
      return { signedIn: session !== undefined && (await sessions.expiryOf(session)) !== undefined };
    },

    'POST /api/session': async ({ body, deed, reply }) => {
      await verify(body.password, { deed });
      cookies.setSession(reply, await sessions.create());
      await audit.record({ ...deed, actor: 'admin', action: 'signed-in' });
      return { signedIn: true };
    },

    'DELETE /api/session': async ({ deed, reply, request }) => {
      const session = cookies.session(request);
      if (session !== undefined && (await sessions.end(session))) {
        await audit.record({ ...deed, action: 'signed-out' });
      }
      cookies.clearSession(reply);
      return { signedIn: false };
    },

    'DELETE /api/sessions': async ({ deed, reply }) => {
      await sessions.endAll();
      await audit.record({ ...deed, action: 'signed-out-everywhere' });
      cookies.clearSession(reply);
      return { signedIn: false };
    },

    'POST /api/password': async ({ body, deed, reply }) => {
      await verify(body.current, { deed });
      await admin.change(body.next, deed.address);
      await sessions.endAll();
      await audit.record({ ...deed, action: 'password-changed' });
      cookies.setSession(reply, await sessions.create());
      return { signedIn: true };
    },
  });
}
