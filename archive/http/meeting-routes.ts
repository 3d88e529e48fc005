import type { FastifyReply } from 'fastify';
import { Fault } from '#protocol/errors.ts';
import { meetingRoutes } from '#protocol/http/meetings.ts';
import type { Clock } from '#service/clock.ts';
import type { Policy } from '#service/who-may.ts';
import type { Passwords } from '../access/passwords.ts';
import { makeConnectionId, signJoinToken } from '../app/join-token.ts';
import type { Meetings } from '../app/meetings.ts';
import type { Cookies } from './cookies.ts';
import { type Asker, type Feature, feature } from './route.ts';

/** Making meetings and letting people into them. */
export function meetingFeature(parts: {
  clock: Clock;
  cookies: Cookies;
  joinSecret: string;
  meetings: Meetings;
  passwords: Passwords;
  whoMayCreate: Policy;
}): Feature {
  const { clock, cookies, joinSecret, meetings, passwords, whoMayCreate } = parts;

  /** @throws Fault `create-admin-only`, `create-key-needed`, `create-key-wrong`, `rate-limited` */
  const checkMaker = ({ deed, roles }: Asker, key: string | undefined): void => {
    if (whoMayCreate.who === 'anyone' || roles.has('admin')) return;
    if (whoMayCreate.who === 'admin') throw new Fault('create-admin-only');
    if (key === undefined) throw new Fault('create-key-needed');
    const isRight = passwords.verifyKey('create-key', key, whoMayCreate.key, deed.address);
    if (!isRight) throw new Fault('create-key-wrong');
  };

  /** @throws Fault `host-key-wrong` */
  const letHostIn = async (reply: FastifyReply, id: string, hostKey: string): Promise<void> => {
    if (!(await meetings.isHostKey(id, hostKey))) throw new Fault('host-key-wrong');
    cookies.setHost(reply, id, hostKey);
  };

  return feature(meetingRoutes, {
    'POST /api/meetings': ({ body, deed, roles }) => {
      checkMaker({ deed, roles }, body.key);
      return meetings.create(body.name);
    },

    'GET /api/meetings/:id': ({ params }) => meetings.get(params.id),

    'PATCH /api/meetings/:id': ({ body, params }) => meetings.rename(params.id, body.name),

    'POST /api/meetings/:id/host': async ({ body, params: { id }, reply }) => {
      const meeting = await meetings.get(id);
      await letHostIn(reply, id, body.hostKey);
      return meeting;
    },

    'POST /api/meetings/:id/join': async ({ body: { hostKey, name }, params: { id }, reply, roles }) => {
      const meeting = await meetings.get(id);
      if (hostKey !== undefined) await letHostIn(reply, id, hostKey);
      await meetings.used(id);
      const connectionId = makeConnectionId(name);
      const claims = {
        meeting: id,
        meetingName: meeting.name,
        role: hostKey === undefined ? 'participant' : 'host',
        name,
        connectionId,
        ...(roles.has('admin') && { mayRecord: true as const }),
      } as const;
      return { token: await signJoinToken(claims, joinSecret, clock.wallMs()), connectionId };
    },
  });
}
