import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, expect, test, vi } from 'vitest';
import { LocalDisk } from '#store/local-disk.ts';
import { askingAsAdmin } from '../testing/client.ts';
import { makeFlv } from '../testing/make-flv.ts';
import { openTestArchive } from '../testing/open-test-archive.ts';
import { sampleFile, sampleId, sampleManifest, writeRecording } from '../testing/sample.ts';

const [alice, bob] = [sampleFile('alice-1'), sampleFile('bob-1', { personName: 'Bob' })];
const url = `/api/recordings/${sampleId(1)}`;

afterEach(() => {
  vi.restoreAllMocks();
});

/** The next call of this waits, before or after it is done, until `goOn`; `reached` tells that it does. */
function hold(method: 'readManifest' | 'remove' | 'removeFile', when: 'before' | 'after') {
  const [reached, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const original: (...given: string[]) => Promise<unknown> = LocalDisk.prototype[method];
  const held = async function (this: LocalDisk, ...given: string[]) {
    const done = when === 'after' ? await original.apply(this, given) : undefined;
    reached.resolve();
    await released.promise;
    return when === 'after' ? done : original.apply(this, given);
  };
  vi.spyOn(LocalDisk.prototype, method).mockImplementationOnce(held as never);
  return { reached: reached.promise, goOn: () => released.resolve() };
}

let made: Promise<Buffer> | undefined;

async function openScene() {
  const archive = await openTestArchive();
  const manifest = sampleManifest(1, { files: [alice, bob] });
  made ??= makeFlv();
  const flv = await made;
  const folder = await writeRecording(archive.recordings, manifest, { [alice.name]: flv, [bob.name]: flv });
  await archive.indexer.reconcile();
  archive.exports.start();
  const admin = await askingAsAdmin(archive);
  const everything = () => [
    admin('POST', `${url}/exports`, { kind: 'mp4', file: alice.name }),
    admin('POST', `${url}/exports`, { kind: 'group-mp4' }),
    admin('POST', `${url}/shares`, { expiresInHours: 1, file: alice.name, password: 'open sesame' }),
    admin('GET', `${url}/files/${alice.name}/thumbnail`),
    admin('GET', `${url}/files/${alice.name}`),
    admin('GET', `${url}/zip`),
  ];
  const rows = (table: string): number => {
    const database = new DatabaseSync(join(archive.root, 'data/app.db'));
    const count = database.prepare(`SELECT count(*) AS count FROM ${table}`).get()?.count;
    database.close();
    return Number(count);
  };
  const left = () => ['exports', 'shares', 'pins'].map(rows);
  return { admin, archive, everything, folder, left };
}

const statuses = async (answers: ReturnType<Awaited<ReturnType<typeof openScene>>['everything']>) =>
  (await Promise.all(answers)).map(({ status }) => status);
const refused = [404, 404, 404, 404, 404, 404];

test('while somebody is erased nothing new is made of them, and nothing of it is left', {
  timeout: 30_000,
}, async () => {
  const { admin, everything, folder, left } = await openScene();
  const removal = hold('removeFile', 'before');
  const erasing = admin('DELETE', `${url}/people/alice-1`);
  await removal.reached;
  expect(await statuses(everything())).toEqual(refused);
  expect((await admin('GET', `${url}/files/${bob.name}`)).status).toBe(200);
  removal.goOn();
  expect((await erasing).status).toBe(200);
  expect((await readdir(folder)).sort()).toEqual([bob.name, 'manifest.json']);
  expect(left()).toEqual([0, 0, 0]);
  expect((await admin('POST', `${url}/exports`, { kind: 'audio', file: bob.name })).status).toBe(201);
});

test('while a recording is deleted nothing new is made of it, and it does not come back', {
  timeout: 30_000,
}, async () => {
  const { admin, archive, everything, left } = await openScene();
  const removal = hold('remove', 'before');
  const deleting = admin('DELETE', url);
  await removal.reached;
  expect(await statuses(everything())).toEqual(refused);
  expect((await admin('PUT', `${url}/pin`)).status).toBe(200);
  removal.goOn();
  expect((await deleting).status).toBe(200);
  expect(await readdir(archive.recordings)).toEqual([]);
  expect(left()).toEqual([0, 0, 0]);
});

test.each([
  ['somebody who is erased meanwhile', `${url}/people/alice-1`],
  ['a recording that is deleted meanwhile', url],
])(
  'what was asked for of %s is refused, however early it was let in',
  {
    timeout: 30_000,
  },
  async (_what, target) => {
    for (const [method, path, body] of [
      ['POST', `${url}/exports`, { kind: 'mp4', file: alice.name }],
      ['POST', `${url}/shares`, { expiresInHours: 1, file: alice.name }],
      ['GET', `${url}/files/${alice.name}/thumbnail`, undefined],
      ['GET', `${url}/zip`, undefined],
    ] as const) {
      const { admin, archive, folder, left } = await openScene();
      const reading = hold('readManifest', 'after');
      const asked = admin(method, path, body);
      await reading.reached;
      expect((await admin('DELETE', target)).status).toBe(200);
      reading.goOn();
      const answer = await asked;
      // A ZIP is begun anew, of who is left.
      expect([path, answer.status]).toEqual([path, path.endsWith('/zip') && target !== url ? 200 : 404]);
      expect(answer.raw.includes(alice.name)).toBe(false);
      expect(left()).toEqual([0, 0, 0]);
      expect(await readdir(folder).catch(() => [])).toEqual(
        target === url ? [] : [bob.name, 'manifest.json'],
      );
      await archive.close();
    }
  },
);

test('a manifest that is being indexed while its recording is deleted does not bring it back', async () => {
  const { admin, archive } = await openScene();
  await writeRecording(archive.recordings, sampleManifest(1, { files: [bob] }));
  const reading = hold('readManifest', 'after');
  const indexed = archive.indexer.refresh(sampleId(1));
  await reading.reached;
  expect((await admin('DELETE', url)).status).toBe(200);
  reading.goOn();
  await indexed;
  expect(await archive.catalog.get(sampleId(1))).toBeUndefined();
});
