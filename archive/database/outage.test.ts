import { expect, test, vi } from 'vitest';
import { systemClock } from '#service/clock.ts';
import { asking, askingAsAdmin } from '../testing/client.ts';
import { openTestArchive } from '../testing/open-test-archive.ts';
import { sampleFile, sampleId, sampleManifest, writeRecording } from '../testing/sample.ts';
import { PostgresServer } from './testing/postgres-server.ts';

const server = PostgresServer.forThisFile();

test('an archive on PostgreSQL says so while that is gone, and goes on by itself once it is back', async () => {
  const archive = await openTestArchive({ clock: systemClock, databaseUrl: await server.database() });
  const alice = sampleFile('alice-1');
  await writeRecording(archive.recordings, sampleManifest(1, { files: [alice] }), { [alice.name]: 'FLV' });
  await archive.indexer.reconcile();
  archive.start();
  const [admin, anybody] = [await askingAsAdmin(archive), asking(archive)];
  const url = `/api/recordings/${sampleId(1)}`;
  expect((await admin('PUT', `${url}/pin`)).status).toBe(200);
  const { body: shared } = await admin('POST', `${url}/shares`, { expiresInHours: 1 });
  expect((await anybody('POST', `/api/shared/${shared.token}`, {})).status).toBe(200);
  const { body: meeting } = await anybody('POST', '/api/meetings', { name: 'Weekly' });
  expect((await anybody('GET', `/api/meetings/${meeting.meetingId}`)).body.name).toBe('Weekly');
  expect((await admin('GET', '/api/recordings?query=weekly')).body.recordings).toHaveLength(1);
  expect((await anybody('GET', '/healthz')).body).toMatchObject({ ok: true, database: true });

  await server.stop();
  const gone = { error: { code: 'database-unreachable', message: expect.stringContaining('database') } };
  for (const answer of [
    await admin('GET', url),
    await admin('GET', '/api/audit'),
    await admin('GET', '/api/recordings'),
    await anybody('GET', `/api/meetings/${meeting.meetingId}`),
    await anybody('POST', '/api/meetings', { name: 'Another' }),
    await anybody('GET', `/api/shared/${shared.token}`),
    await anybody('POST', '/api/session', { password: 'correct horse' }),
  ]) {
    expect([answer.status, answer.body]).toEqual([503, gone]);
  }
  const health = await anybody('GET', '/healthz');
  expect([health.status, health.body]).toMatchObject([503, { ok: false, database: false }]);
  expect((await anybody('GET', '/metrics')).status).toBe(200);

  await server.start();
  await vi.waitFor(async () => expect((await anybody('GET', '/healthz')).status).toBe(200));
  expect((await admin('GET', url)).body.summary.pinned).toBe(true);
  expect((await anybody('GET', `/api/shared/${shared.token}`)).status).toBe(200);
  const { entries } = (await admin('GET', '/api/audit')).body;
  expect(entries.map(({ action }: { action: string }) => action)).toEqual([
    'share-opened',
    'share-created',
    'recording-pinned',
    'signed-in',
  ]);
  expect((await admin('DELETE', url)).status).toBe(200);
});
