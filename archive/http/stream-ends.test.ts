import { mkdir, open, rm, unlink } from 'node:fs/promises';
import { get, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, onTestFinished, test, vi } from 'vitest';
import { ManualClock } from '#service/testing/manual-clock.ts';
import { SESSION_LIFETIME_S } from '../app/sessions.ts';
import { LOOK_PERIOD_MS } from '../streams/vanished-files.ts';
import { asking } from '../testing/client.ts';
import { ADMIN_PASSWORD, openTestArchive, signIn } from '../testing/open-test-archive.ts';
import { sampleFile, sampleId, sampleManifest, writeRecording } from '../testing/sample.ts';

/** More than the buffers between us and a reader who does not read. */
const BIG_BYTES = 48 * 1024 * 1024;
const HOUR_MS = 3_600_000;
const exportId = 'x-aaaabbbbcccc';
const [alice, bob] = [sampleFile('alice-1', { bytes: BIG_BYTES }), sampleFile('bob-1', { bytes: BIG_BYTES })];
const [closed, live] = [`/api/recordings/${sampleId(1)}`, `/api/recordings/${sampleId(2)}`];

async function sparse(path: string): Promise<void> {
  const file = await open(path, 'w');
  await file.truncate(BIG_BYTES);
  await file.close();
}

/** An archive with a closed recording of two people, with an export of both, and one that is being made. */
async function openScene() {
  const clock = new ManualClock();
  const archive = await openTestArchive({ clock });
  const folder = await writeRecording(archive.recordings, sampleManifest(1, { files: [alice, bob] }));
  for (const { name } of [alice, bob]) await sparse(join(folder, name));
  await mkdir(join(folder, 'exports'));
  await sparse(join(folder, 'exports', `${exportId}.mp4`));
  const growing = { ...alice, state: 'writing' as const };
  const liveManifest = sampleManifest(2, { state: 'recording', files: [growing] });
  const liveFolder = await writeRecording(archive.recordings, liveManifest, { [alice.name]: 'FLV' });
  await archive.indexer.reconcile();
  const database = new DatabaseSync(join(archive.root, 'data/app.db'));
  database
    .prepare(
      `INSERT INTO exports (export_id, recording_id, kind, download_name, state, created_at_ms, bytes)
       VALUES (?, ?, ?, ?, ?, 0, ?)`,
    )
    .run(exportId, sampleId(1), 'group-mp4', 'all.mp4', 'complete', BIG_BYTES);
  database.close();
  const cookie = await signIn(archive);
  const admin = asking(archive, { cookie });
  const origin = await archive.server.listen({ host: '127.0.0.1', port: 0 });

  /** Opens a stream and reads its first bytes only; the answer tells how it went on. */
  const reading = async (path: string, headers: Record<string, string> = {}) => {
    const [response] = await new Promise<[IncomingMessage]>((resolve, reject) => {
      const asked = get(`${origin}${path}`, { headers, agent: false }, (answer) => resolve([answer]));
      asked.on('error', reject);
    });
    onTestFinished(() => void response.destroy());
    response.on('error', () => undefined);
    await new Promise((resolve) => response.once('readable', resolve));
    response.read();
    return {
      path,
      status: response.statusCode,
      leave(): void {
        response.destroy();
      },
      /** Reads all that still comes; false when it was cut short. */
      async wasWhole(): Promise<boolean> {
        response.resume();
        if (!response.closed) await new Promise((resolve) => response.once('close', resolve));
        return response.complete;
      },
    };
  };
  return { archive, clock, cookie, admin, reading, folder, liveFolder };
}

type Scene = Awaited<ReturnType<typeof openScene>>;
type Reading = Awaited<ReturnType<Scene['reading']>>;

async function expectCut(streams: readonly Reading[]): Promise<void> {
  for (const stream of streams) expect([stream.path, await stream.wasWhole()]).toEqual([stream.path, false]);
}

const everything = async ({ cookie, reading }: Scene): Promise<Reading[]> => [
  await reading(`${closed}/files/${alice.name}`, { cookie }),
  await reading(`${closed}/files/${alice.name}`, { cookie, range: `bytes=100-${BIG_BYTES - 1}` }),
  await reading(`${live}/files/${alice.name}?follow=1`, { cookie }),
  await reading(`${closed}/zip`, { cookie }),
  await reading(`/api/exports/${exportId}/file`, { cookie }),
];

const endings: [string, (scene: Scene) => unknown][] = [
  ['a sign-out', ({ admin }) => admin('DELETE', '/api/session')],
  ['a sign-out everywhere', ({ admin }) => admin('DELETE', '/api/sessions')],
  [
    'a changed password',
    ({ admin }) => admin('POST', '/api/password', { current: ADMIN_PASSWORD, next: 'battery staple 2' }),
  ],
  ['the end of the session', ({ clock }) => clock.advance(SESSION_LIFETIME_S * 1000)],
];

test.each(endings)('%s ends what is sent under it', { timeout: 30_000 }, async (_what, end) => {
  const scene = await openScene();
  const streams = await everything(scene);
  expect(streams.map(({ status }) => status)).toEqual([200, 206, 200, 200, 200]);
  await end(scene);
  await expectCut(streams);
});

test('a link that is revoked or expires ends what is sent under it, and no other link', {
  timeout: 30_000,
}, async () => {
  const { admin, clock, reading } = await openScene();
  const share = async (recording: string, expiresInHours: number) => {
    const { body } = await admin('POST', `${recording}/shares`, { expiresInHours });
    return { url: `/api/shared/${body.token}`, id: body.share.shareId };
  };
  const [revoked, expiring, other, grows] = [
    await share(closed, 24),
    await share(closed, 1),
    await share(closed, 24 * 365),
    await share(live, 24),
  ];
  const under = async ({ url }: { url: string }) => [
    await reading(`${url}/files/${alice.name}`),
    await reading(`${url}/files/${alice.name}`, { range: 'bytes=5-' }),
  ];
  const [first, second] = [await under(revoked), await under(expiring)];
  const followed = await reading(`${grows.url}/files/${alice.name}?follow=1`);
  const [zip, spared] = [
    await reading(`${revoked.url}/zip`),
    await reading(`${other.url}/files/${bob.name}`),
  ];
  await admin('DELETE', `${closed}/shares/${revoked.id}`);
  await expectCut([...first, zip]);
  await admin('DELETE', `${live}/shares/${grows.id}`);
  await expectCut([followed]);
  clock.advance(HOUR_MS);
  await expectCut(second);
  expect(await spared.wasWhole()).toBe(true);
});

test('a deleted recording ends what is sent of it', { timeout: 30_000 }, async () => {
  const scene = await openScene();
  const [whole, range, , zip, made] = (await everything(scene)) as [
    Reading,
    Reading,
    Reading,
    Reading,
    Reading,
  ];
  expect((await scene.admin('DELETE', closed)).status).toBe(200);
  await expectCut([whole, range, zip, made]);
});

test('an erased person ends what is sent of them, and nothing of others', { timeout: 30_000 }, async () => {
  const scene = await openScene();
  const { admin, cookie, reading } = scene;
  const [whole, range, , zip, made] = (await everything(scene)) as [
    Reading,
    Reading,
    Reading,
    Reading,
    Reading,
  ];
  const others = await reading(`${closed}/files/${bob.name}`, { cookie });
  expect((await admin('DELETE', `${closed}/people/${alice.connectionId}`)).status).toBe(200);
  await expectCut([whole, range, zip, made]);
  expect(await others.wasWhole()).toBe(true);
});

test('a file that its recorder has erased ends for those who are being sent it', {
  timeout: 30_000,
}, async () => {
  const { archive, clock, cookie, folder, liveFolder, reading } = await openScene();
  archive.start();
  const [range, followed] = [
    await reading(`${closed}/files/${alice.name}`, { cookie, range: 'bytes=1-' }),
    await reading(`${live}/files/${alice.name}?follow=1`, { cookie }),
  ];
  const others = await reading(`${closed}/files/${bob.name}`, { cookie });
  await unlink(join(folder, alice.name));
  await unlink(join(liveFolder, alice.name));
  clock.advance(LOOK_PERIOD_MS);
  await expectCut([range]);
  await vi.waitFor(async () => {
    clock.advance(LOOK_PERIOD_MS);
    expect(archive.streams.count(`file:${sampleId(2)}/${alice.name}`)).toBe(0);
  });
  await followed.wasWhole();
  expect(await others.wasWhole()).toBe(true);
  await rm(folder, { recursive: true });
});

test('an answer that is over hangs on nothing any more', { timeout: 30_000 }, async () => {
  const { archive, cookie, reading } = await openScene();
  const stream = await reading(`${closed}/files/${alice.name}`, { cookie });
  expect(archive.streams.count('admin')).toBe(1);
  expect(archive.streams.files()).toEqual([{ recordingId: sampleId(1), name: alice.name }]);
  expect(await stream.wasWhole()).toBe(true);
  await vi.waitFor(() => expect([archive.streams.count('admin'), archive.streams.files()]).toEqual([0, []]));
});

test('what is watched is written down once, and what is not there never', { timeout: 30_000 }, async () => {
  const { admin, cookie, reading } = await openScene();
  const watched = async () =>
    (await admin('GET', '/api/audit?action=recording-watched')).body.entries.map(
      ({ actor, detail }: { actor: string; detail?: string }) => `${actor} ${detail}`,
    );
  expect((await admin('GET', `${closed}/files/nobody-20261122T100000000Z.flv`)).status).toBe(404);
  expect((await admin('HEAD', `${closed}/files/${bob.name}`)).status).toBe(200);
  expect(await watched()).toEqual([]);
  for (const range of ['bytes=0-9', 'bytes=10-19', 'bytes=20-']) {
    (await reading(`${closed}/files/${bob.name}`, { cookie, range })).leave();
  }
  const { body } = await admin('POST', `${closed}/shares`, { expiresInHours: 1 });
  (await reading(`/api/shared/${body.token}/files/${alice.name}`)).leave();
  await vi.waitFor(async () =>
    expect(await watched()).toEqual([`share ${alice.name}, by ${body.share.shareId}`, `admin ${bob.name}`]),
  );
});
