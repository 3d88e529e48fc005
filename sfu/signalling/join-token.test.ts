import { SignJWT } from 'jose';
import { expect, test } from 'vitest';
import { verifyJoinToken } from './join-token.ts';

const SECRET = 'a secret that is long enough';
const NOW_MS = 1_790_000_000_000;
const claims = { meeting: 'm1', role: 'participant', name: 'Pat', connectionId: 'pat' };
const key = (secret: string) => new TextEncoder().encode(secret);

function sign(payload: object, secret = SECRET, alg = 'HS256'): Promise<string> {
  return new SignJWT({ ...payload }).setProtectedHeader({ alg }).sign(key(secret));
}

const expS = NOW_MS / 1000 + 60;
const code = async (token: string, nowMs = NOW_MS) =>
  verifyJoinToken(token, SECRET, nowMs).then(
    () => 'ok',
    (cause) => cause.code,
  );

test('a good token gives its claims', async () => {
  const token = await sign({ ...claims, exp: expS });
  expect(await verifyJoinToken(token, SECRET, NOW_MS)).toEqual(claims);
  expect(await code(token, NOW_MS + 59_000)).toBe('ok');
  expect(await code(token, NOW_MS + 61_000)).toBe('token-expired');
});

test('every other token is invalid', async () => {
  const none = `${btoa('{"alg":"none"}').replaceAll('=', '')}.${btoa(JSON.stringify({ ...claims, exp: expS })).replaceAll('=', '')}.`;
  const good = await sign({ ...claims, exp: expS });
  const tokens = [
    await sign({ ...claims, exp: expS }, 'another secret'),
    await sign({ ...claims, exp: expS }, `${SECRET}${SECRET}${SECRET}`, 'HS384'),
    await sign(claims),
    await sign({ ...claims, exp: expS, role: 'admin' }),
    await sign({ ...claims, exp: expS, connectionId: 'a/b' }),
    await sign({ ...claims, exp: expS, name: 'a\u0000b' }),
    await sign({ exp: expS }),
    none,
    `${good}x`,
    good.slice(0, -2),
    'a.b.c',
    '',
  ];
  for (const token of tokens) expect(await code(token), token).toBe('token-invalid');
});
