import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { askingAsAdmin } from '../testing/client.ts';
import { openTestArchive, type TestArchive } from '../testing/open-test-archive.ts';
import { STARTED_AT_MS, sampleFile, sampleManifest, writeRecording } from '../testing/sample.ts';

/** Letters that stand together in nothing else. */
const SECRET = 'qzjxkvwqyzzqxj';
const NAME = 'Wqxzjvk Qzkvxj';

/** The files below DATA_DIR in whose bytes this can be read. */
async function whereItIs(archive: TestArchive, text: string): Promise<string[]> {
  const folder = join(archive.root, 'data');
  const names = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((one) =>
    one.isFile(),
  );
  const found = await Promise.all(
    names.map(async ({ name, parentPath }) => {
      const bytes = await readFile(join(parentPath, name));
      return bytes.includes(text) ? [name] : [];
    }),
  );
  return found.flat();
}

/** The same of the index's pieces of three letters, as it keeps them: the first whole, others without what they share. */
const pieces = ['qzj', 'jxk', 'kvw', 'wqy', 'zzq'];

const said = (text: string) => ({ atMs: STARTED_AT_MS, connectionId: 'alice-1', name: NAME, text });

async function openWithChat() {
  const archive = await openTestArchive();
  const alice = sampleFile('alice-1', { personName: NAME });
  const manifest = sampleManifest(1, {
    files: [alice, sampleFile('bob-1', { personName: 'Bob' })],
    chat: [said(`we talked of ${SECRET} for long`)],
  });
  const contents = Object.fromEntries(manifest.files.map(({ name }) => [name, 'FLV']));
  await writeRecording(archive.recordings, manifest, contents);
  await writeRecording(archive.recordings, sampleManifest(2));
  await archive.indexer.reconcile();
  const admin = await askingAsAdmin(archive);
  expect((await admin('GET', `/api/recordings?query=${SECRET}`)).body.recordings).toHaveLength(1);
  expect(await whereItIs(archive, SECRET)).not.toEqual([]);
  return { archive, admin, url: `/api/recordings/${manifest.recordingId}`, manifest };
}

async function expectGone(archive: TestArchive): Promise<void> {
  await vi.waitFor(
    async () => {
      await archive.catalog.erased();
      for (const text of [SECRET, ...pieces])
        expect([text, await whereItIs(archive, text)]).toEqual([text, []]);
    },
    { timeout: 20_000 },
  );
}

test('the chat of an erased person is in no database any more, nor in its WAL', {
  timeout: 60_000,
}, async () => {
  const { admin, archive, url } = await openWithChat();
  expect((await admin('DELETE', `${url}/people/alice-1`)).status).toBe(200);
  await expectGone(archive);
  // The audit log tells who was deleted; the catalog does not.
  expect((await whereItIs(archive, NAME)).every((name) => name.startsWith('app.db'))).toBe(true);
});

test('the chat of a deleted recording is in no database any more, nor in its WAL', {
  timeout: 60_000,
}, async () => {
  const { admin, archive, url } = await openWithChat();
  expect((await admin('DELETE', url)).status).toBe(200);
  await expectGone(archive);
});

test('chat that its recorder erased is gone once the archive knows', { timeout: 60_000 }, async () => {
  const { archive, manifest } = await openWithChat();
  await writeRecording(archive.recordings, { ...manifest, chat: [] });
  await archive.indexer.refresh(manifest.recordingId);
  await expectGone(archive);
});

test('an erasure that a crash cut off is made good at the next start', { timeout: 60_000 }, async () => {
  const { admin, archive, url } = await openWithChat();
  // It ends before the words are merged away, and only knows that it owes it.
  const deleted = admin('DELETE', url);
  await deleted;
  await archive.close();
  const next = await openTestArchive({ root: archive.root });
  await expectGone(next);
});
