import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { FIRST_WAIT_MS, FREE_TRIES } from '#service/guesses.ts';
import { ManualClock } from '#service/testing/manual-clock.ts';
import { SESSION_LIFETIME_S } from '../app/sessions.ts';
import { ADMIN_PASSWORD, openTestArchive, signIn, type TestArchive } from '../testing/open-test-archive.ts';

const attempt = (archive: TestArchive, password: string) =>
  archive.server.inject({ method: 'POST', url: '/api/session', payload: { password } });
const signedIn = async (archive: TestArchive, cookie: string) =>
  (await archive.server.inject({ url: '/api/session', headers: { cookie } })).json().signedIn;

test('signing in, out, and what is left of it', async () => {
  const clock = new ManualClock();
  const archive = await openTestArchive({ clock });
  const answer = await attempt(archive, ADMIN_PASSWORD);
  expect(answer.cookies[0]).toMatchObject({ httpOnly: true, sameSite: 'Strict', path: '/api' });
  expect(answer.cookies[0]?.secure).toBeUndefined();
  const cookie = await signIn(archive);
  expect(await signedIn(archive, cookie)).toBe(true);
  expect(await signedIn(archive, '')).toBe(false);
  const other = await signIn(archive);
  await archive.server.inject({ method: 'DELETE', url: '/api/session', headers: { cookie } });
  expect(await signedIn(archive, cookie)).toBe(false);
  expect(await signedIn(archive, other)).toBe(true);
  clock.advance(SESSION_LIFETIME_S * 1000);
  expect(await signedIn(archive, other)).toBe(false);
});

test('under TLS the cookie is for TLS only', async () => {
  const archive = await openTestArchive({ secureCookies: true });
  expect((await attempt(archive, ADMIN_PASSWORD)).cookies[0]?.secure).toBe(true);
});

test('guesses are limited, also those sent at once, and a right password clears them', async () => {
  const clock = new ManualClock();
  const archive = await openTestArchive({ clock });
  expect((await attempt(archive, 'wrong')).json().error.code).toBe('password-wrong');
  await signIn(archive);
  const guesses = await Promise.all(Array.from({ length: FREE_TRIES + 3 }, () => attempt(archive, 'wrong')));
  const codes = guesses.map((guess) => guess.json().error.code);
  expect(codes.filter((code) => code === 'rate-limited')).toHaveLength(3);
  clock.advance(20_500);
  const refused = await attempt(archive, ADMIN_PASSWORD);
  expect([refused.statusCode, refused.headers['retry-after']]).toEqual([429, '10']);
  expect(refused.json().error.retryAfterMs).toBe(FIRST_WAIT_MS - 20_500);
  clock.advance(FIRST_WAIT_MS - 20_500);
  await signIn(archive);
});

test('neither passwords, session tokens nor host keys are stored', async () => {
  const archive = await openTestArchive();
  const token = (await signIn(archive)).split('=')[1] ?? '';
  const { hostKey } = (
    await archive.server.inject({ method: 'POST', url: '/api/meetings', payload: { name: 'x' } })
  ).json();
  await archive.close();
  const stored = await readFile(join(archive.root, 'data/app.db'), 'latin1');
  for (const secret of [ADMIN_PASSWORD, token, hostKey]) expect(stored.includes(secret)).toBe(false);
});

test('a password is made once, and a changed one signs everybody out', async () => {
  const archive = await openTestArchive();
  const cookie = await signIn(archive);
  expect(await archive.admin.prepare(undefined)).toBeUndefined();
  expect(await archive.admin.prepare(ADMIN_PASSWORD)).toBeUndefined();
  expect(await signedIn(archive, cookie)).toBe(true);
  await archive.admin.prepare('another');
  expect(await signedIn(archive, cookie)).toBe(false);
  expect((await attempt(archive, ADMIN_PASSWORD)).statusCode).toBe(401);
});

test('over HTTPS cookies are of this host alone, and those of before go away', async () => {
  const archive = await openTestArchive({ secureCookies: true });
  const password = { password: ADMIN_PASSWORD };
  const answer = await archive.server.inject({ method: 'POST', url: '/api/session', payload: password });
  const [cookie, old] = answer.cookies;
  expect(cookie).toMatchObject({ name: '__Host-verbatim_session', path: '/', secure: true, httpOnly: true });
  expect(cookie).not.toHaveProperty('domain');
  expect(old).toMatchObject({ name: 'verbatim_session', value: '', path: '/api', expires: new Date(0) });
  expect(await signedIn(archive, `${cookie?.name}=${cookie?.value}`)).toBe(true);
  // A neighbouring host could have planted this one.
  expect(await signedIn(archive, `verbatim_session=${cookie?.value}`)).toBe(false);
  const out = await archive.server.inject({ method: 'DELETE', url: '/api/session' });
  expect(out.cookies.map(({ name }) => name)).toEqual(['__Host-verbatim_session', 'verbatim_session']);
});
