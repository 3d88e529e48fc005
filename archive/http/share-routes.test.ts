import { expect, test } from 'vitest';
import { requestLimits } from '#protocol/http/route.ts';
import { createShareResultSchema, sharedRecordingSchema } from '#protocol/http/shares.ts';
import { ManualClock } from '#service/testing/manual-clock.ts';
import { asking, askingAsAdmin } from '../testing/client.ts';
import { openTestArchive } from '../testing/open-test-archive.ts';
import { sampleFile, sampleId, sampleManifest, writeRecording } from '../testing/sample.ts';

const alice = sampleFile('alice-1');
const bob = sampleFile('bob-1', { personName: 'Bob' });
const person = (connectionId: string) => ({
  connectionId,
  name: connectionId,
  role: 'host' as const,
  joinedAtMs: 1,
});

async function openShared(wanted: object = {}) {
  const clock = new ManualClock();
  const archive = await openTestArchive({ clock });
  const manifest = sampleManifest(1, {
    meeting: { id: 'secret-meeting', name: 'Weekly' },
    files: [alice, bob],
    people: [person('alice-1'), person('bob-1'), person('carol-1')],
    chat: [{ atMs: 1, connectionId: 'bob-1', name: 'Bob', text: 'secret chat' }],
    speakers: [{ atMs: 5, connectionIds: ['alice-1', 'bob-1'] }],
    consent: [{ atMs: 1, connectionId: 'carol-1', name: 'secret decline', consent: 'declined' }],
    problems: [{ atMs: 1, code: 'internal', message: 'secret problem' }],
  });
  await writeRecording(archive.recordings, manifest, { [alice.name]: 'ALICE', [bob.name]: 'BOB' });
  await archive.indexer.reconcile();
  const admin = await askingAsAdmin(archive);
  const shares = `/api/recordings/${sampleId(1)}/shares`;
  const made = createShareResultSchema.parse(
    (await admin('POST', shares, { expiresInHours: 2, ...wanted })).body,
  );
  const url = `/api/shared/${made.token}`;
  return { admin, anyone: asking(archive), archive, clock, made, shares, url };
}

test('a link plays without an account, and leaks nothing else', async () => {
  const { admin, anyone, shares, url } = await openShared();
  const opened = await anyone('POST', url, {});
  const { manifest, ...rest } = sharedRecordingSchema.parse(opened.body);
  expect(rest).toEqual({ download: true, expiresAtMs: expect.any(Number) });
  expect(manifest.files.map(({ name }) => name)).toEqual([alice.name, bob.name]);
  expect(manifest.people.map(({ connectionId }) => connectionId)).toEqual(['alice-1', 'bob-1']);
  expect(JSON.stringify(opened.body)).not.toContain('secret');
  expect(opened.headers).toMatchObject({
    'x-robots-tag': 'noindex, nofollow, noarchive',
    'referrer-policy': 'no-referrer',
    'cache-control': 'no-store',
  });
  const file = await anyone('GET', `${url}/files/${alice.name}?download=1`);
  expect([file.status, file.raw.toString()]).toEqual([200, 'ALICE']);
  await anyone('GET', url);
  const [share] = (await admin('GET', shares)).body.shares;
  expect(share).toMatchObject({ views: 1, state: 'open', hasPassword: false, createdBy: 'admin' });
  expect(
    (await admin('GET', '/api/audit')).body.entries.map((entry: { action: string }) => entry.action),
  ).toEqual(['file-downloaded', 'share-opened', 'share-created', 'signed-in']);
});

test('a link for one file opens that file only', async () => {
  const { anyone, url } = await openShared({ file: bob.name });
  const { manifest } = sharedRecordingSchema.parse((await anyone('GET', url)).body);
  expect(manifest.files.map(({ name }) => name)).toEqual([bob.name]);
  expect(manifest.people.map(({ connectionId }) => connectionId)).toEqual(['bob-1']);
  expect(manifest.speakers[0]?.connectionIds).toEqual(['bob-1']);
  expect((await anyone('GET', `${url}/files/${bob.name}`)).raw.toString()).toBe('BOB');
  expect((await anyone('GET', `${url}/files/${alice.name}`)).body.error.code).toBe('file-not-found');
});

test('with downloads off it plays and does not save', async () => {
  const { anyone, url } = await openShared({ download: false });
  expect((await anyone('GET', `${url}/files/${alice.name}`)).status).toBe(200);
  expect((await anyone('GET', `${url}/files/${alice.name}?download=1`)).body.error.code).toBe('download-off');
});

test('a password is asked for, wrong ones are counted and written down', async () => {
  const { admin, anyone, archive, made, url } = await openShared({ password: 'open sesame' });
  expect(made.share.hasPassword).toBe(true);
  expect((await anyone('GET', url)).body.error.code).toBe('share-password-needed');
  expect((await anyone('GET', `${url}/files/${alice.name}`)).status).toBe(401);
  expect((await anyone('POST', url, {})).body.error.code).toBe('share-password-needed');
  expect((await anyone('POST', url, { password: 'wrong' })).body.error.code).toBe('share-password-wrong');
  const opened = await anyone('POST', url, { password: 'open sesame' });
  expect(opened.status).toBe(200);
  const holder = asking(archive, { cookie: opened.cookie });
  expect((await holder('GET', `${url}/files/${alice.name}`)).status).toBe(200);
  const forged = asking(archive, { cookie: opened.cookie.replace(/=..../, '=AAAA') });
  expect((await forged('GET', url)).body.error.code).toBe('share-password-needed');
  const refused = await admin('GET', '/api/audit?action=share-refused');
  expect(refused.body.entries).toHaveLength(1);
  for (let count = 0; count < requestLimits.openShare.count; count += 1) await anyone('POST', url, {});
  expect((await anyone('POST', url, { password: 'open sesame' })).body.error.code).toBe('rate-limited');
});

test('expired and revoked links say so, unknown ones too', async () => {
  const { admin, anyone, clock, made, shares, url } = await openShared();
  for (const bad of ['x', 'A'.repeat(43), `${made.token}x`, '..%2f..', "'%20OR%201=1"]) {
    expect((await anyone('GET', `/api/shared/${bad}`)).body.error.code).toBe('share-not-found');
  }
  expect((await anyone('GET', url)).status).toBe(200);
  clock.advance(2 * 3_600_000);
  expect((await anyone('GET', url)).body.error.code).toBe('share-expired');
  expect((await anyone('POST', url, {})).status).toBe(410);
  expect((await anyone('GET', `${url}/files/${alice.name}`)).body.error.code).toBe('share-expired');
  const revoked = await admin('DELETE', `${shares}/${made.share.shareId}`);
  expect(revoked.body.state).toBe('revoked');
  expect((await anyone('GET', url)).body.error.code).toBe('share-revoked');
  expect((await admin('DELETE', `${shares}/s-aaaaaaaaaaaa`)).body.error.code).toBe('share-not-found');
});

test.each([
  [{ expiresInHours: 0 }, 'bad-request'],
  [{ expiresInHours: 1, file: 'carol-1-20261122T100000000Z.flv' }, 'file-not-found'],
  [{ expiresInHours: 1e9 }, 'bad-request'],
  [{ expiresInHours: 1, password: 'seven77' }, 'bad-request'],
  [{}, 'bad-request'],
])('the link %j is not made', async (wanted, code) => {
  const { admin, shares } = await openShared();
  expect((await admin('POST', shares, wanted)).body.error.code).toBe(code);
});
