import { access, readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { listAuditResultSchema } from '#protocol/http/audit.ts';
import { retentionPlanSchema, retentionRunSchema, storageResultSchema } from '#protocol/http/storage.ts';
import { manifestSchema } from '#protocol/manifest.ts';
import { systemClock } from '#service/clock.ts';
import { ManualClock } from '#service/testing/manual-clock.ts';
import { askingAsAdmin } from '../testing/client.ts';
import { openTestArchive, signIn } from '../testing/open-test-archive.ts';
import { STARTED_AT_MS, sampleFile, sampleId, sampleManifest, writeRecording } from '../testing/sample.ts';

const alice = sampleFile('alice-1');
const bob = sampleFile('bob-1', { personName: 'Bob' });
const DAY_MS = 86_400_000;

async function openWith(count: number) {
  const clock = new ManualClock(STARTED_AT_MS + 10 * DAY_MS);
  const archive = await openTestArchive({ clock });
  for (let index = 1; index <= count; index += 1) {
    const chat = [{ atMs: 1, connectionId: 'alice-1', name: 'Alice', text: 'hello' }];
    const manifest = sampleManifest(index, { files: [alice, bob], chat });
    await writeRecording(archive.recordings, manifest, { [alice.name]: 'ALICE', [bob.name]: 'BOB' });
  }
  await archive.indexer.reconcile();
  return { admin: await askingAsAdmin(archive), archive, clock };
}

const listed = async (admin: Awaited<ReturnType<typeof askingAsAdmin>>) =>
  (await admin('GET', '/api/recordings')).body.recordings.map(
    (one: { recordingId: string }) => one.recordingId,
  );

test('a deleted recording leaves nothing but a line in the audit log', async () => {
  const { admin, archive } = await openWith(2);
  const url = `/api/recordings/${sampleId(1)}`;
  const { token } = (await admin('POST', `${url}/shares`, { expiresInHours: 1 })).body;
  await admin('PUT', `${url}/pin`);
  const { exportId } = (await admin('POST', `${url}/exports`, { kind: 'group-mp4' })).body;
  const deleted = await admin('DELETE', url);
  expect(deleted.body).toMatchObject({ files: 2 });
  expect(deleted.body.bytes).toBeGreaterThan(8);
  expect(await readdir(archive.recordings)).toEqual([sampleId(2)]);
  expect((await admin('GET', url)).body.error.code).toBe('recording-not-found');
  expect((await admin('GET', `/api/shared/${token}`)).body.error.code).toBe('share-not-found');
  expect((await admin('GET', `/api/exports/${exportId}`)).body.error.code).toBe('export-not-found');
  expect(await listed(admin)).toEqual([sampleId(2)]);
  const { entries } = listAuditResultSchema.parse(
    (await admin('GET', `/api/audit?recordingId=${sampleId(1)}`)).body,
  );
  expect(entries[0]).toMatchObject({ action: 'recording-deleted', actor: 'admin', address: '127.0.0.1' });
  expect(entries[0]?.detail).toContain('Weekly (Alice, Bob)');
  expect((await admin('DELETE', url)).body.error.code).toBe('recording-not-found');
});

test('one person is deleted, and the rest stays as it was', async () => {
  const { admin, archive } = await openWith(1);
  const url = `/api/recordings/${sampleId(1)}`;
  const { token } = (await admin('POST', `${url}/shares`, { expiresInHours: 1, file: alice.name })).body;
  await admin('POST', `${url}/exports`, { kind: 'group-mp4' });
  const kept = (await admin('POST', `${url}/exports`, { kind: 'mp4', file: bob.name })).body;
  expect((await admin('DELETE', `${url}/people/alice-1`)).body).toEqual({ files: 1, bytes: 5 });
  const folder = join(archive.recordings, sampleId(1));
  expect(await readFile(join(folder, bob.name), 'utf8')).toBe('BOB');
  await expect(access(join(folder, alice.name))).rejects.toThrow('ENOENT');
  const manifest = manifestSchema.parse(JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8')));
  expect(manifest.files).toEqual([bob]);
  expect(manifest.chat).toEqual([]);
  expect(manifest.consent.at(-1)).toMatchObject({
    connectionId: 'alice-1',
    consent: 'withdrawn',
    erase: true,
  });
  expect((await admin('GET', url)).body.summary.people).toEqual(['Bob']);
  expect((await admin('GET', `/api/shared/${token}`)).status).toBe(404);
  const { exports } = (await admin('GET', `${url}/exports`)).body;
  expect(exports.map((job: { exportId: string }) => job.exportId)).toEqual([kept.exportId]);
  expect((await admin('DELETE', `${url}/people/alice-1`)).body.error.code).toBe('file-not-found');
});

test('a recording being made, or held by a recorder, is not touched', async () => {
  const clock = new ManualClock(systemClock.wallMs());
  const archive = await openTestArchive({ clock });
  const live = sampleManifest(1, { state: 'recording' });
  await writeRecording(archive.recordings, live, { [alice.name]: 'ALICE' });
  const folder = await writeRecording(archive.recordings, sampleManifest(2), { [alice.name]: 'ALICE' });
  await writeFile(join(folder, 'owner.json'), '{}');
  await archive.indexer.reconcile();
  const admin = await askingAsAdmin(archive);
  for (const id of [1, 2].map(sampleId)) {
    for (const url of [`/api/recordings/${id}`, `/api/recordings/${id}/people/alice-1`]) {
      expect((await admin('DELETE', url)).body.error.code).toBe('recording-live');
    }
    expect(await readFile(join(archive.recordings, id, alice.name), 'utf8')).toBe('ALICE');
  }
  const longAgo = new Date(clock.wallMs() - 11_000);
  await utimes(join(folder, 'owner.json'), longAgo, longAgo);
  expect((await admin('DELETE', `/api/recordings/${sampleId(2)}`)).status).toBe(200);
});

test('too much in all is taken from the meeting with the largest share, not from whoever is oldest', async () => {
  const clock = new ManualClock(STARTED_AT_MS + 10 * DAY_MS);
  const archive = await openTestArchive({ clock });
  const meeting = { 1: 'board', 2: 'board', 3: 'daily' } as Record<number, string>;
  for (let index = 1; index <= 9; index += 1) {
    const id = meeting[index] ?? 'flood';
    const manifest = sampleManifest(index, { files: [alice, bob], meeting: { id, name: id } });
    await writeRecording(archive.recordings, manifest, { [alice.name]: 'ALICE', [bob.name]: 'BOB' });
  }
  await archive.indexer.reconcile();
  const admin = await askingAsAdmin(archive);
  const rules = { days: null, maxBytes: 10_000 };
  const plan = retentionPlanSchema.parse((await admin('POST', '/api/storage/retention/dry-run', rules)).body);
  expect(plan.recordings.map(({ summary }) => summary.recordingId)).toEqual([4, 5, 6, 7].map(sampleId));
  await admin('PUT', '/api/storage/retention', rules);
  await archive.retention.run();
  expect(await listed(admin)).toEqual([9, 8, 3, 2, 1].map(sampleId));
});

test('retention deletes by age and by size, the oldest first, never what is pinned, and says before what it would', async () => {
  const { admin, archive, clock } = await openWith(5);
  await admin('PUT', `/api/recordings/${sampleId(2)}/pin`);
  const plan = async (rules: object) =>
    retentionPlanSchema.parse((await admin('POST', '/api/storage/retention/dry-run', rules)).body);
  const named = async (rules: object) =>
    (await plan(rules)).recordings.map(({ reason, summary }) => [summary.recordingId, reason]);
  expect(await named({ days: null, maxBytes: null })).toEqual([]);
  expect(await named({ days: 11, maxBytes: null })).toEqual([]);
  expect(await named({ days: null, maxBytes: 6000 })).toEqual([
    [sampleId(1), 'bytes'],
    [sampleId(3), 'bytes'],
  ]);
  clock.advance(3 * 60_000 + 30_000);
  expect(await named({ days: 10, maxBytes: 4000 })).toEqual([
    [sampleId(1), 'days'],
    [sampleId(3), 'days'],
    [sampleId(4), 'bytes'],
  ]);
  expect((await plan({ days: 10, maxBytes: 4000 })).pinned).toEqual({ count: 1, bytes: 2000 });
  expect((await plan({ days: 11, maxBytes: null })).pinned).toEqual({ count: 0, bytes: 0 });
  expect(await listed(admin)).toHaveLength(5);

  expect((await admin('PUT', '/api/storage/retention', { days: 10, maxBytes: null })).status).toBe(200);
  await archive.retention.run();
  expect(await listed(admin)).toEqual([5, 4, 2].map(sampleId));
  const { entries } = (await admin('GET', '/api/audit?action=recording-deleted')).body;
  expect(entries.map((entry: { actor: string }) => entry.actor)).toEqual(['retention', 'retention']);
  const storage = storageResultSchema.parse((await admin('GET', '/api/storage')).body);
  expect(storage.retention).toEqual({ days: 10, maxBytes: null });
  expect([storage.bytes, storage.recordings]).toEqual([6000, 3]);
  expect(storage.days).toEqual([{ day: '2026-11-22', bytes: 6000, recordings: 3 }]);
  expect((await admin('PUT', '/api/storage/retention', { days: 0, maxBytes: null })).status).toBe(400);
});

test('the rules are carried out at once when asked, in the name of who asks', async () => {
  const { admin, clock } = await openWith(3);
  const run = async () => retentionRunSchema.parse((await admin('POST', '/api/storage/retention/run')).body);
  expect(await run()).toEqual({ recordings: 0, bytes: 0, failed: 0 });
  await admin('PUT', '/api/storage/retention', { days: 10, maxBytes: null });
  clock.advance(2 * 60_000 + 30_000);
  const runs = await Promise.all([run(), run()]);
  expect(runs.map(({ recordings, failed }) => [recordings, failed])).toEqual([
    [2, 0],
    [0, 0],
  ]);
  expect(runs[0]?.bytes).toBeGreaterThan(0);
  expect(await listed(admin)).toEqual([sampleId(3)]);
  const { entries } = (await admin('GET', '/api/audit?action=recording-deleted')).body;
  expect(entries.map((entry: { actor: string }) => entry.actor)).toEqual(['admin', 'admin']);
});

test('a pin shows in list and detail', async () => {
  const { admin } = await openWith(1);
  const url = `/api/recordings/${sampleId(1)}`;
  const pinned = async () => [
    (await admin('GET', url)).body.summary.pinned,
    (await admin('GET', '/api/recordings')).body.recordings[0].pinned,
  ];
  expect(await pinned()).toEqual([undefined, undefined]);
  expect((await admin('PUT', `${url}/pin`)).body).toEqual({ pinned: true });
  expect(await pinned()).toEqual([true, true]);
  expect((await admin('DELETE', `${url}/pin`)).body).toEqual({ pinned: false });
  expect(await pinned()).toEqual([undefined, undefined]);
});

test('a changed password signs everybody else out, and outlives a restart with the old ADMIN_PASSWORD', async () => {
  const { admin, archive } = await openWith(0);
  const other = await signIn(archive);
  const change = (current: string, next: string) => admin('POST', '/api/password', { current, next });
  expect((await change('wrong', 'a new password')).body.error.code).toBe('password-wrong');
  expect((await admin('GET', '/api/audit')).body.entries[0]).toMatchObject({
    actor: 'admin',
    action: 'sign-in-refused',
  });
  expect((await change('correct horse', 'short')).body.error.code).toBe('bad-request');
  const changed = await change('correct horse', 'a new password');
  const signedIn = async (cookie: string) =>
    (await archive.server.inject({ url: '/api/session', headers: { cookie } })).json().signedIn;
  expect(await signedIn(other)).toBe(false);
  expect(await signedIn(changed.cookie)).toBe(true);
  expect(await archive.admin.prepare('correct horse')).toBeUndefined();
  expect(await archive.admin.verify('a new password', '127.0.0.1')).toBe(true);
  await archive.admin.prepare('configured anew');
  expect(await archive.admin.verify('configured anew', '127.0.0.1')).toBe(true);
});

test('signing out everywhere ends every session', async () => {
  const { admin, archive } = await openWith(0);
  const other = await signIn(archive);
  expect((await admin('DELETE', '/api/sessions')).body).toEqual({ signedIn: false });
  const answer = await archive.server.inject({ url: '/api/session', headers: { cookie: other } });
  expect(answer.json().signedIn).toBe(false);
  expect((await admin('GET', '/api/audit')).status).toBe(403);
});

test('the audit log is read page by page', async () => {
  const { admin, archive } = await openWith(1);
  const url = `/api/recordings/${sampleId(1)}/pin`;
  for (let count = 0; count < 75; count += 1) {
    await admin('PUT', url);
    await admin('DELETE', url);
  }
  const first = listAuditResultSchema.parse((await admin('GET', '/api/audit')).body);
  const second = listAuditResultSchema.parse((await admin('GET', `/api/audit?cursor=${first.cursor}`)).body);
  expect([first.entries.length, second.entries.length, second.cursor]).toEqual([100, 51, undefined]);
  expect(second.entries.at(-1)?.action).toBe('signed-in');
  expect(first.entries[0]?.meetingName).toBe('Weekly');
  await admin('DELETE', `/api/recordings/${sampleId(1)}`);
  const { entries } = (await admin('GET', `/api/audit?recordingId=${sampleId(1)}`)).body;
  expect(entries[0].meetingName).toBeUndefined();
  expect((await admin('GET', '/api/audit?cursor=x')).status).toBe(400);
  await archive.close();
});
