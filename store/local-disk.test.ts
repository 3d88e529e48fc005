import { appendFile, mkdir, open, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, onTestFinished, test } from 'vitest';
import {
  sampleFile,
  sampleId,
  sampleManifest,
  temporaryFolder,
  writeRecording,
} from '#archive/testing/sample.ts';
import { silentLog } from '#service/log.ts';
import { ManualClock } from '#service/testing/manual-clock.ts';
import { LocalDisk } from './local-disk.ts';
import { Locks, OWNER_TIMEOUT_MS, thisOwner } from './ownership.ts';
import { storeContract } from './testing/store-contract.ts';

const { name } = sampleFile('alice-1');

async function make() {
  const root = await temporaryFolder();
  const clock = new ManualClock();
  const store = new LocalDisk(root, clock, silentLog);
  onTestFinished(() => store.close());
  const writeText = (recordingId: string, content: string) =>
    writeRecording(root, { recordingId, text: content });
  return { clock, root, store, writeText };
}

storeContract(make);

describe('on a disk that others see, too', () => {
  test('a scan tells recordings and nothing else, and that the folder is gone', async () => {
    const { root, store } = await make();
    await writeRecording(root, sampleManifest(1));
    await mkdir(join(root, 'lost+found'));
    await mkdir(join(root, sampleId(8)));
    await writeFile(join(root, sampleId(9)), 'a file, not a folder');
    expect((await store.scan('all')).present).toMatchObject([[sampleId(1), expect.any(String)]]);
    await rm(root, { recursive: true });
    await expect(store.scan('all')).rejects.toThrow('ENOENT');
  });

  test('removals that were cut short are ended', async () => {
    const { root, store } = await make();
    await mkdir(join(root, `.removed-${sampleId(2)}`, 'exports'), { recursive: true });
    await store.sweep();
    expect(await readdir(root)).toEqual([]);
  });

  test('a recording is owned while a recorder beats, and no longer', async () => {
    const { clock, root, store } = await make();
    const folder = await writeRecording(root, sampleManifest(1));
    expect(await store.isOwned(sampleId(1))).toBe(false);
    const ownership = await new Locks(thisOwner('recorder-1', 'first')).take(folder, clock.nowMs());
    await ownership.beat(clock.wallMs());
    expect(await store.isOwned(sampleId(1))).toBe(true);
    clock.advance(OWNER_TIMEOUT_MS - 1);
    expect(await store.isOwned(sampleId(1))).toBe(true);
    clock.advance(1);
    expect(await store.isOwned(sampleId(1))).toBe(false);
    await ownership.beat(clock.wallMs());
    expect(await store.isOwned(sampleId(1))).toBe(true);
    await ownership.release();
    expect(await store.isOwned(sampleId(1))).toBe(false);
  });

  test('an open file grows with its recorder', async () => {
    const { root, store } = await make();
    const folder = await writeRecording(root, sampleManifest(1), { [name]: '0123456789' });
    const file = await store.open(sampleId(1), name);
    if (!file) throw new Error('not there');
    onTestFinished(() => file.close());
    await appendFile(join(folder, name), 'ab');
    expect(await text(file.read(9, 12))).toBe('9ab');
  });

  test('a version changes when bytes change in place, and when the file grows', async () => {
    const { root, store } = await make();
    const folder = await writeRecording(root, sampleManifest(1), { [name]: '0123456789' });
    const version = async () => (await store.stat(sampleId(1), name))?.version;
    const versions = [await version()];
    const handle = await open(join(folder, name), 'r+');
    onTestFinished(() => handle.close());
    await handle.write('X', 0);
    versions.push(await version());
    await appendFile(join(folder, name), 'more');
    versions.push(await version());
    const file = await store.open(sampleId(1), name);
    expect(file?.version).toBe(versions[2]);
    await file?.close();
    expect(new Set(versions).size).toBe(3);
  });

  test('links and folders are no files, and what only looks made is not opened', async () => {
    const { root, store } = await make();
    await writeFile(join(root, 'secret'), 'secret');
    const folder = await writeRecording(root, sampleManifest(1), { [name]: 'FLV' });
    const [link, inside] = ['link', 'folder'].map((who) => `${who}-20261122T100000000Z.flv`) as [
      string,
      string,
    ];
    await symlink(join(root, 'secret'), join(folder, link));
    await mkdir(join(folder, inside));
    for (const file of [link, inside]) {
      expect(await store.open(sampleId(1), file)).toBeUndefined();
      expect(await store.stat(sampleId(1), file)).toBeUndefined();
    }
    await mkdir(join(folder, 'exports'));
    await writeFile(join(folder, 'exports', 'secret.mp4'), 'MP4');
    expect(await store.openMade(sampleId(1), 'exports', 'secret.mp4')).toBeUndefined();
    expect(await store.listMade(sampleId(1))).toEqual([]);
  });
});
