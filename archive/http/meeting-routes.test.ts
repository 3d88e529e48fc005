import type { InjectOptions } from 'fastify';
import { jwtVerify } from 'jose';
import { expect, test } from 'vitest';
import { createMeetingResultSchema } from '#protocol/http/meetings.ts';
import { requestLimits } from '#protocol/http/route.ts';
import { JOIN_TOKEN_LIFETIME_S, joinClaimsSchema } from '#protocol/join-token.ts';
import { ManualClock } from '#service/testing/manual-clock.ts';
import { makeConnectionId } from '../app/join-token.ts';
import { JOIN_SECRET, openTestArchive } from '../testing/open-test-archive.ts';
import { MAX_BODY_BYTES } from './server.ts';

async function openWithMeeting() {
  const clock = new ManualClock();
  const archive = await openTestArchive({ clock });
  const post = async (url: string, payload: object) => {
    const answer = await archive.server.inject({ method: 'POST', url, payload });
    return {
      status: answer.statusCode,
      body: answer.json(),
      code: answer.json().error?.code,
      cookies: answer.cookies,
    };
  };
  const meeting = createMeetingResultSchema.parse((await post('/api/meetings', { name: ' Weekly ' })).body);
  const join = (payload: object, id = meeting.meetingId) => post(`/api/meetings/${id}/join`, payload);
  const claimsOf = async (token: string) => {
    const { payload } = await jwtVerify(token, new TextEncoder().encode(JOIN_SECRET), {
      algorithms: ['HS256'],
      currentDate: new Date(clock.nowMs()),
    });
    expect(Number(payload.exp) - Number(payload.iat)).toBe(JOIN_TOKEN_LIFETIME_S);
    return joinClaimsSchema.parse(payload);
  };
  return { archive, claimsOf, clock, join, meeting, post };
}

test('a join token names the person, the meeting and the role', async () => {
  const { claimsOf, join, meeting } = await openWithMeeting();
  const guest = await join({ name: 'Zoë Ångström' });
  expect(await claimsOf(guest.body.token)).toEqual({
    meeting: meeting.meetingId,
    meetingName: 'Weekly',
    role: 'participant',
    name: 'Zoë Ångström',
    connectionId: guest.body.connectionId,
  });
  expect(guest.body.connectionId).toMatch(/^Zoe-Angstrom-[a-z2-9]{8}$/);
  const host = await join({ name: 'Alice', hostKey: meeting.hostKey });
  expect((await claimsOf(host.body.token)).role).toBe('host');
  expect(host.cookies[0]).toMatchObject({ httpOnly: true, sameSite: 'Strict' });
});

test('who shows the host key later reads the recordings of that meeting alone', async () => {
  const { archive, meeting, post } = await openWithMeeting();
  const show = (hostKey: string, id = meeting.meetingId) => post(`/api/meetings/${id}/host`, { hostKey });
  const other = (await post('/api/meetings', { name: 'Other' })).body;
  expect((await show(other.hostKey)).code).toBe('host-key-wrong');
  expect((await show(meeting.hostKey, 'nowhere')).code).toBe('meeting-not-found');
  const shown = await show(meeting.hostKey);
  expect(shown.body).toEqual({ meetingId: meeting.meetingId, name: 'Weekly' });
  const [cookie] = shown.cookies;
  expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Strict', path: '/api' });
  const headers = { cookie: `${cookie?.name}=${cookie?.value}` };
  const list = async (id: string) =>
    (await archive.server.inject({ url: `/api/meetings/${id}/recordings`, headers })).statusCode;
  expect([await list(meeting.meetingId), await list(other.meetingId)]).toEqual([200, 401]);
});

test('two of one name, and a host who claims twice, get ids of their own', async () => {
  const { join, meeting } = await openWithMeeting();
  const answers = await Promise.all([1, 2, 3].map(() => join({ name: 'Alice', hostKey: meeting.hostKey })));
  expect(new Set(answers.map((answer) => answer.body.connectionId)).size).toBe(3);
});

test.each(['周', '🙂', '../../etc', '-', 'x'.repeat(80), '\u202e', "Robert'); DROP TABLE"])(
  'the name %j gives an id that is safe in paths',
  (name) => expect(makeConnectionId(name)).toMatch(/^[A-Za-z0-9][A-Za-z0-9-]{0,63}$/),
);

test('each wrong request has its own error', async () => {
  const { archive, join, meeting, post } = await openWithMeeting();
  expect((await join({ name: 'A', hostKey: 'wrong' })).code).toBe('host-key-wrong');
  const other = (await post('/api/meetings', { name: 'Other' })).body;
  expect((await join({ name: 'A', hostKey: other.hostKey })).code).toBe('host-key-wrong');
  expect((await join({ name: 'A' }, 'nowhere')).code).toBe('meeting-not-found');
  expect((await join({ name: 'A' }, '..%2f..')).code).toBe('meeting-not-found');
  expect((await join({})).code).toBe('bad-request');
  expect((await join({ name: '' })).code).toBe('bad-request');
  expect((await join({ name: 'x'.repeat(81) })).code).toBe('bad-request');
  expect((await join({ name: 'a\u0000b' })).code).toBe('bad-request');
  expect((await join({ name: 'A', hostKey: 'k'.repeat(129) })).code).toBe('bad-request');
  expect((await join({ name: ['A'] })).code).toBe('bad-request');
  expect((await post('/api/meetings', { name: 'x'.repeat(121) })).code).toBe('bad-request');
  expect(await post('/api/meetings', { name: 'x'.repeat(MAX_BODY_BYTES) })).toMatchObject({
    status: 413,
    code: 'too-large',
  });
  const { server } = archive;
  const codeOf = async (options: InjectOptions) => JSON.parse((await server.inject(options)).body).error.code;
  const url = `/api/meetings/${meeting.meetingId}/join`;
  const json = { 'content-type': 'application/json' };
  expect(await codeOf({ method: 'POST', url, headers: json, payload: '{' })).toBe('bad-request');
  expect(await codeOf({ method: 'POST', url })).toBe('bad-request');
  expect(await codeOf({ method: 'POST', url, headers: { 'content-type': 'a/b' }, payload: 'x' })).toBe(
    'bad-request',
  );
  expect(await codeOf({ url: '/api/nothing' })).toBe('not-found');
  expect(await codeOf({ url: '/%zz' })).toBe('bad-request');
  expect(await codeOf({ method: 'DELETE', url })).toBe('not-found');
});

test('an address makes so many meetings a minute', async () => {
  const { clock, post } = await openWithMeeting();
  for (let made = 1; made < requestLimits.createMeeting.count; made += 1)
    await post('/api/meetings', { name: 'x' });
  expect(await post('/api/meetings', { name: 'x' })).toMatchObject({ status: 429, code: 'rate-limited' });
  clock.advance(60_000);
  expect((await post('/api/meetings', { name: 'x' })).status).toBe(201);
});

test('who holds the host key renames the meeting', async () => {
  const { archive, meeting, post } = await openWithMeeting();
  const url = `/api/meetings/${meeting.meetingId}`;
  const rename = async (name: string, cookies: Record<string, string> = {}) => {
    const { statusCode } = await archive.server.inject({ method: 'PATCH', url, payload: { name }, cookies });
    return statusCode;
  };
  expect(await rename('Mine')).toBe(401);
  const [cookie] = (await post(`${url}/host`, { hostKey: meeting.hostKey })).cookies;
  const cookies = { [cookie?.name ?? '']: cookie?.value ?? '' };
  expect(await rename('  ', cookies)).toBe(400);
  expect(await rename('Renamed', cookies)).toBe(200);
  expect((await archive.server.inject({ method: 'GET', url })).json().name).toBe('Renamed');
});
