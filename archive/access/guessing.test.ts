import { expect, test } from 'vitest';
import { ATTACK_FROM, FIRST_WAIT_MS, FREE_TRIES } from '#service/guesses.ts';
import { ManualClock } from '#service/testing/manual-clock.ts';
import { ADMIN_PASSWORD, openTestArchive, signIn, type TestArchive } from '../testing/open-test-archive.ts';
import { sampleManifest, writeRecording } from '../testing/sample.ts';

// Dozens of passwords are hashed slowly on purpose: a busy machine needs more than the usual time.
const SLOW = { timeout: 120_000 };
const LINK_PASSWORD = 'open sesame';

async function linkWithPassword(archive: TestArchive): Promise<string> {
  const manifest = sampleManifest(1, {});
  await writeRecording(archive.recordings, manifest, {});
  await archive.indexer.reconcile();
  const made = await archive.server.inject({
    method: 'POST',
    url: `/api/recordings/${manifest.recordingId}/shares`,
    headers: { cookie: await signIn(archive) },
    payload: { expiresInHours: 1, password: LINK_PASSWORD },
  });
  return `/api/shared/${made.json().token}`;
}

const doors = [
  { what: 'the administrator’s password', right: ADMIN_PASSWORD, open: async () => '/api/session' },
  { what: 'a link’s password', right: LINK_PASSWORD, open: linkWithPassword },
];

test.each(doors)(
  '$what: who guesses waits longer each time, and the right one opens from elsewhere',
  SLOW,
  async (door) => {
    const clock = new ManualClock();
    const archive = await openTestArchive({ clock });
    const url = await door.open(archive);
    const tryFrom = (remoteAddress: string, password: string) =>
      archive.server.inject({ method: 'POST', url, payload: { password }, remoteAddress });
    for (let count = 0; count < FREE_TRIES; count += 1) {
      expect((await tryFrom('2001:db8::1', `guess ${count}`)).statusCode).toBe(401);
    }
    for (const factor of [1, 2]) {
      const refused = await tryFrom('2001:db8::2', door.right);
      expect([refused.statusCode, refused.json().error.retryAfterMs]).toEqual([429, FIRST_WAIT_MS * factor]);
      clock.advance(FIRST_WAIT_MS * factor);
      expect((await tryFrom('2001:db8::3', 'a guess')).statusCode).toBe(401);
    }
    // Many at once, from as many addresses.
    const crowd = Array.from({ length: ATTACK_FROM }, (_, index) => `198.51.100.${index}`);
    await Promise.all(crowd.map((address) => tryFrom(address, 'a guess')));
    expect((await tryFrom('198.51.100.1', 'another guess')).statusCode).toBe(429);
    expect((await tryFrom('203.0.113.9', door.right)).statusCode).toBe(200);
  },
);

test('passwords that are stored stay good, however short', SLOW, async () => {
  const archive = await openTestArchive();
  await archive.admin.change('short', '127.0.0.1');
  const payload = { password: 'short' };
  const answer = await archive.server.inject({ method: 'POST', url: '/api/session', payload });
  expect(answer.statusCode).toBe(200);
});

test('guesses at one link do not hold back another', SLOW, async () => {
  const archive = await openTestArchive({ clock: new ManualClock() });
  const [one, other] = [await linkWithPassword(archive), await linkWithPassword(archive)];
  const open = async (url: string, password: string) =>
    (await archive.server.inject({ method: 'POST', url, payload: { password } })).statusCode;
  for (let count = 0; count < FREE_TRIES; count += 1) await open(one, 'a guess');
  expect(await open(one, LINK_PASSWORD)).toBe(429);
  expect(await open(other, LINK_PASSWORD)).toBe(200);
  expect((await signIn(archive)).length).toBeGreaterThan(0);
});
