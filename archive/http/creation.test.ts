import { expect, test } from 'vitest';
import { FREE_TRIES } from '#service/guesses.ts';
import { ManualClock } from '#service/testing/manual-clock.ts';
import type { Policy } from '#service/who-may.ts';
import { openTestArchive, RECORDER_TOKEN, signIn, type TestArchive } from '../testing/open-test-archive.ts';

const KEY = 'the key of the house';
const policies: Record<Policy['who'], Policy> = {
  anyone: { who: 'anyone' },
  key: { who: 'key', key: KEY },
  admin: { who: 'admin' },
};

async function make(
  archive: TestArchive,
  {
    headers = {},
    key,
    from = '127.0.0.1',
  }: { headers?: Record<string, string>; key?: string; from?: string },
) {
  const payload = { name: 'Weekly', ...(key !== undefined && { key }) };
  const request = { method: 'POST', url: '/api/meetings', headers, payload, remoteAddress: from } as const;
  const answer = await archive.server.inject(request);
  return answer.statusCode === 201 ? 'made' : String(answer.json().error.code);
}

/** Who makes meetings with each option, cell by cell. */
test.each([
  ['anyone', { anonymous: 'made', 'other host': 'made', recorder: 'made', key: 'made', admin: 'made' }],
  [
    'key',
    {
      anonymous: 'create-key-needed',
      'other host': 'create-key-needed',
      recorder: 'create-key-needed',
      key: 'made',
      admin: 'made',
    },
  ],
  [
    'admin',
    {
      anonymous: 'create-admin-only',
      'other host': 'create-admin-only',
      recorder: 'create-admin-only',
      key: 'create-admin-only',
      admin: 'made',
    },
  ],
] as const)('WHO_MAY_CREATE=%s', async (who, expected) => {
  const archive = await openTestArchive({ whoMayCreate: policies[who] });
  const { hostKey } = await archive.meetings.create('Another');
  const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });
  const askers = {
    anonymous: {},
    'other host': bearer(hostKey),
    recorder: bearer(RECORDER_TOKEN),
    key: { key: KEY },
    admin: { headers: { cookie: await signIn(archive) } },
  };
  for (const [asker, cell] of Object.entries(expected)) {
    expect([asker, await make(archive, askers[asker as keyof typeof askers])]).toEqual([asker, cell]);
  }
});

test('guesses at the key have to wait, and the right one works from elsewhere', async () => {
  const archive = await openTestArchive({ clock: new ManualClock(), whoMayCreate: policies.key });
  for (let count = 0; count < FREE_TRIES; count += 1) {
    expect(await make(archive, { key: 'a guess' })).toBe('create-key-wrong');
  }
  expect(await make(archive, { key: KEY })).toBe('rate-limited');
  expect(await make(archive, { key: KEY, from: '203.0.113.9' })).toBe('made');
});

test('who joins signed in as administrator gets a token that may record, nobody else does', async () => {
  const archive = await openTestArchive();
  const { hostKey, meetingId } = await archive.meetings.create('Weekly');
  const join = async (headers: Record<string, string>) => {
    const url = `/api/meetings/${meetingId}/join`;
    const answer = await archive.server.inject({
      method: 'POST',
      url,
      headers,
      payload: { name: 'Ann', hostKey },
    });
    const claims = Buffer.from(answer.json().token.split('.')[1], 'base64url').toString();
    return JSON.parse(claims).mayRecord;
  };
  expect(await join({ cookie: await signIn(archive) })).toBe(true);
  expect(await join({})).toBeUndefined();
  expect(await join({ authorization: `Bearer ${RECORDER_TOKEN}` })).toBeUndefined();
});
