import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  type AccessRole,
  accessRoles,
  methodOf,
  pathOf,
  type Route,
  requestLimits,
} from '#protocol/http/route.ts';
import { type RouteName, routeNames, routes } from '#protocol/http/table.ts';
import { openTestArchive, RECORDER_TOKEN, signIn, type TestArchive } from '../testing/open-test-archive.ts';
import { sampleFile, sampleManifest, writeRecording } from '../testing/sample.ts';

const document = await readFile(join(import.meta.dirname, '../../docs/api.md'), 'utf8');
/** As docs/api.md promises it. */
const promised = new Map(
  [...document.matchAll(/^\| `([A-Z]+ \/[^`]*)` \|.*\| (\w+) \| (\w+) \| (\w+) \|$/gm)].map(
    ([, route, ...cells]) => [
      route,
      new Map(accessRoles.map((role, index) => [role, cells[index] === 'yes'])),
    ],
  ),
);

/** A line of the table in docs/api.md. */
const lineOf = ([name, { who, words }]: [string, Route]) =>
  `| \`${name}\` | ${words} | ${accessRoles.map((role) => (who.includes(role) ? 'yes' : 'no')).join(' | ')} |`;

test('docs/api.md has the table, and the limits', () => {
  const lines = document.split('\n').filter((line) => /^\| `[A-Z]+ \//.test(line));
  expect(lines).toEqual(Object.entries<Route>(routes).map(lineOf));
  const limits = document.slice(document.indexOf('Limits per address'));
  for (const { count } of Object.values(requestLimits)) expect(limits).toContain(count.toLocaleString('en'));
});

interface Scene {
  archive: TestArchive;
  headers: Record<AccessRole | 'other host', Record<string, string>>;
  url: (route: string) => string;
}

async function setTheScene(): Promise<Scene> {
  const archive = await openTestArchive();
  const make = async () =>
    (
      await archive.server.inject({ method: 'POST', url: '/api/meetings', payload: { name: 'Weekly' } })
    ).json();
  const meeting = await make();
  const file = sampleFile('alice-1');
  const manifest = sampleManifest(1, { meeting: { id: meeting.meetingId, name: 'Weekly' }, files: [file] });
  await writeRecording(archive.recordings, manifest, { [file.name]: 'FLV' });
  await archive.indexer.reconcile();
  const cookie = await signIn(archive);
  const made = async (what: string, payload: object) =>
    (
      await archive.server.inject({
        method: 'POST',
        url: `/api/recordings/${manifest.recordingId}/${what}`,
        headers: { cookie },
        payload,
      })
    ).json();
  const share = await made('shares', { expiresInHours: 1 });
  const job = await made('exports', { kind: 'mp4', file: file.name });
  return {
    archive,
    headers: {
      anonymous: {},
      host: { authorization: `Bearer ${meeting.hostKey}` },
      'other host': { authorization: `Bearer ${(await make()).hostKey}` },
      admin: { cookie },
    },
    url: (route) =>
      pathOf(route)
        .replace('meetings/:id', `meetings/${meeting.meetingId}`)
        .replace('recordings/:id', `recordings/${manifest.recordingId}`)
        .replace('shared/:token', `shared/${share.token}`)
        .replace(':exportId', job.exportId)
        .replace(':shareId', share.share.shareId)
        .replace(':connectionId', file.connectionId)
        .replace(':name', file.name),
  };
}

const refused = (status: number, body: string) =>
  [401, 403].includes(status) && /"(not-signed-in|forbidden)"/.test(body);

/** What a GET is answered with by who may: in the scene no export is made, and the file has no picture. */
const answered = (route: RouteName) =>
  route === 'GET /api/exports/:exportId/file' ? 409 : route.endsWith('/thumbnail') ? 404 : 200;

describe.each(routeNames)('%s', (route) => {
  // Each opens an archive of its own with passwords hashed slowly on purpose: a busy machine needs more than the usual time.
  test('lets in exactly the roles of the table', async () => {
    const expected = promised.get(route);
    const { archive, headers, url } = await setTheScene();
    const method = methodOf(route) as 'GET' | 'POST' | 'PUT' | 'DELETE';
    for (const role of accessRoles) {
      const payload = method.startsWith('P') ? { payload: {} } : {};
      const answer = await archive.server.inject({
        method,
        url: url(route),
        headers: headers[role],
        ...payload,
      });
      expect([role, !refused(answer.statusCode, answer.body)]).toEqual([role, expected?.get(role)]);
      if (method === 'GET' && expected?.get(role))
        expect([role, answer.statusCode]).toEqual([role, answered(route)]);
      const { result } = routes[route];
      if (answer.statusCode < 300 && typeof result !== 'string') {
        expect(result.safeParse(answer.json()).error, 'as it is described').toBeUndefined();
      }
      if (method !== 'GET') continue;
      const head = await archive.server.inject({ method: 'HEAD', url: url(route), headers: headers[role] });
      expect([role, head.statusCode === answered(route)]).toEqual([role, expected?.get(role)]);
    }
    const other = await archive.server.inject({
      method,
      url: url(route),
      headers: headers['other host'],
      ...(method.startsWith('P') ? { payload: {} } : {}),
    });
    expect(refused(other.statusCode, other.body)).toBe(!expected?.get('anonymous'));
  });
});

test('what is not there is not told to strangers', async () => {
  const { archive, headers } = await setTheScene();
  const url = '/api/recordings/20261122T100000000Z-zzzzzzzz';
  const ask = async (given: Record<string, string>) =>
    (await archive.server.inject({ url, headers: given })).json().error.code;
  expect(await ask({})).toBe('not-signed-in');
  expect(await ask(headers.host)).toBe('forbidden');
  expect(await ask(headers.admin)).toBe('recording-not-found');
});

test.each([
  ['a made-up session', { cookie: 'verbatim_session=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA' }],
  ['an empty session', { cookie: 'verbatim_session=' }],
  ['quotes and SQL', { cookie: `verbatim_session="' OR 1=1 --"` }],
  ['a huge session', { cookie: `verbatim_session=${'A'.repeat(8000)}` }],
  ['a wrong bearer', { authorization: 'Bearer nothing' }],
  ['the recorders’ token', { authorization: `Bearer ${RECORDER_TOKEN}` }],
  ['a host cookie of another meeting', { cookie: 'verbatim_host_weekly=abc' }],
])('%s opens nothing', async (_what, headers) => {
  const { archive, url } = await setTheScene();
  const closed = routeNames.filter((route) => !routes[route].who.includes('anonymous'));
  for (const route of closed) {
    const method = methodOf(route) as 'GET' | 'POST' | 'PUT' | 'DELETE';
    const payload = method.startsWith('P') ? { payload: {} } : {};
    const answer = await archive.server.inject({ method, url: url(route), headers, ...payload });
    expect([route, answer.statusCode]).toEqual([route, expect.toBeOneOf([401, 403])]);
  }
});

test('a link opens its own recording and nothing beside it', async () => {
  const { archive, url } = await setTheScene();
  const shared = url('GET /api/shared/:token');
  const token = shared.split('/').at(-1) ?? '';
  const headers = { authorization: `Bearer ${token}`, cookie: `verbatim_session=${token}` };
  for (const route of [
    'GET /api/recordings',
    'GET /api/recordings/:id',
    'GET /api/recordings/:id/files/:name',
  ]) {
    expect((await archive.server.inject({ url: url(route), headers })).statusCode).toBe(403);
  }
  for (const path of [
    '..%2f..%2fmanifest.json',
    'manifest.json',
    'owner.json',
    '%2e%2e',
    'x.flv%00',
    '..%5capp.db',
  ]) {
    for (const suffix of ['', '/thumbnail']) {
      const answer = await archive.server.inject({ url: `${shared}/files/${path}${suffix}` });
      expect([path, answer.statusCode]).toEqual([path, 404]);
    }
  }
});
