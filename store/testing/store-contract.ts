import { appendFile, mkdir, open, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, onTestFinished, test } from 'vitest';
import { sampleFile, sampleId, sampleManifest, writeRecording } from '#archive/testing/sample.ts';
import { MAX_MANIFEST_BYTES } from '#protocol/manifest.ts';
import type { ManualClock } from '#service/testing/manual-clock.ts';
import { readSource } from '../file-source.ts';
import { Locks, OWNER_TIMEOUT_MS, thisOwner } from '../ownership.ts';
import type { ScanExtent, Store } from '../store.ts';

const { name } = sampleFile('alice-1');

/** What every store must do. `make` gives an empty one that lives by this clock, and the folder that recorders write it through. */
export function storeContract(make: () => Promise<{ store: Store; root: string; clock: ManualClock }>): void {
  const openIt = async (store: Store) => {
    const file = await store.open(sampleId(1), name);
    if (!file) throw new Error('not there');
    onTestFinished(() => file.close());
    return file;
  };

  describe('store contract', () => {
    test('a scan tells recordings in order and nothing else, then what changed, then all again', async () => {
      const { root, store } = await make();
      onTestFinished(() => store.close());
      for (const index of [3, 1, 2]) await writeRecording(root, sampleManifest(index));
      await mkdir(join(root, 'lost+found'));
      await mkdir(join(root, sampleId(8)));
      await writeFile(join(root, sampleId(9)), 'a file, not a folder');
      const idsOf = async (extent: ScanExtent) => {
        const { present, removed } = await store.scan(extent);
        return [present.map(([recordingId]) => recordingId), removed];
      };
      const all = [1, 2, 3].map(sampleId);
      expect(await idsOf('changes')).toEqual([all, []]);
      expect(await idsOf('changes')).toEqual([[], []]);
      await writeRecording(root, sampleManifest(2, { state: 'interrupted' }));
      await rm(join(root, sampleId(1)), { recursive: true });
      const { present } = await store.scan('changes');
      expect(present).toEqual([[sampleId(2), await store.manifestVersion(sampleId(2))]]);
      expect(await idsOf('all')).toEqual([[2, 3].map(sampleId), []]);
      await rm(root, { recursive: true });
      await expect(store.scan('all')).rejects.toThrow('ENOENT');
    });

    test('replaces a manifest whole, removes what it is told to, and ends what was cut short', async () => {
      const { root, store } = await make();
      const folder = await writeRecording(root, sampleManifest(1), { [name]: '0123456789' });
      const changed = sampleManifest(1, { lastFact: 7 });
      await store.writeManifest(sampleId(1), changed);
      expect((await store.readManifest(sampleId(1)))?.manifest).toEqual(changed);
      const bytes = (await store.manifestFacts(sampleId(1)))?.bytes;
      await mkdir(join(folder, 'thumbnails'));
      await writeFile(join(folder, 'thumbnails', `${name}.jpg`), 'JPG');
      expect(await store.removeFile(sampleId(1), name)).toBe(13);
      expect(await store.removeFile(sampleId(1), '../manifest.json')).toBe(0);
      expect(await store.remove(sampleId(1))).toBe(bytes);
      expect(await store.remove(sampleId(1))).toBe(0);
      await mkdir(join(root, `.removed-${sampleId(2)}`, 'exports'), { recursive: true });
      await store.sweep();
      expect(await readdir(root)).toEqual([]);
      await expect(store.remove('../elsewhere')).rejects.toMatchObject({ code: 'recording-not-found' });
    });

    test('what was made from a recording is opened by its own kind of name alone', async () => {
      const { root, store } = await make();
      const folder = await writeRecording(root, sampleManifest(1));
      await mkdir(join(folder, 'exports'));
      for (const made of ['x-abcdefghjkmn.mp4', 'secret.mp4'])
        await writeFile(join(folder, 'exports', made), 'MP4');
      const file = await store.openMade(sampleId(1), 'exports', 'x-abcdefghjkmn.mp4');
      expect(file?.bytes).toBe(3);
      await file?.close();
      for (const other of [
        'secret.mp4',
        'x-abcdefghjkmn.exe',
        '../manifest.json',
        '..',
        'x-abcdefghjkmn.mp4/..',
      ]) {
        expect(await store.openMade(sampleId(1), 'exports', other)).toBeUndefined();
      }
      expect(await store.openMade(sampleId(1), 'thumbnails', 'x-abcdefghjkmn.mp4')).toBeUndefined();
    });

    test('what is made lies in a folder of its own, over a restart too, until it is put in its place', async () => {
      const { root, store } = await make();
      await writeRecording(root, sampleManifest(1));
      const made = [sampleId(1), 'exports', 'x-abcdefghjkmn.mp4'] as const;
      const scratch = await store.openScratch(...made);
      await writeFile(join(scratch, 'half'), 'half');
      expect(await store.openScratch(...made)).toBe(scratch);
      expect(await readdir(scratch)).toEqual(['half']);
      await writeFile(join(scratch, 'whole'), 'MP4');
      expect(await store.openMade(...made)).toBeUndefined();
      expect(await store.putMade(...made, join(scratch, 'whole'))).toBe(3);
      const file = await store.openMade(...made);
      expect(file && (await text(file.read(0, 3)))).toBe('MP4');
      await file?.close();
      expect(await readdir(scratch)).toEqual(['half']);
      for (const _twice of [1, 2]) await store.clearScratch(...made);
      await expect(readdir(scratch)).rejects.toThrow('ENOENT');
      expect(await store.removeMade(...made)).toBe(3);
      expect(await store.removeMade(...made)).toBe(0);
    });

    test.each([
      ['../elsewhere', 'x-abcdefghjkmn.mp4', 'recording-not-found'],
      [sampleId(7), 'x-abcdefghjkmn.mp4', 'recording-not-found'],
      [sampleId(1), '../x-abcdefghjkmn.mp4', 'file-not-found'],
    ])('nothing is made for %s / %s', async (recordingId, name, code) => {
      const { root, store } = await make();
      await writeRecording(root, sampleManifest(1));
      await expect(store.openScratch(recordingId, 'exports', name)).rejects.toMatchObject({ code });
    });

    test('programs find files by a path, and processes by their source', async () => {
      const { root, store } = await make();
      await writeRecording(root, sampleManifest(1), { [name]: '0123456789' });
      const { signal } = new AbortController();
      const local = await store.localFiles(sampleId(1), [name, 'gone-20261122T100000000Z.flv'], signal);
      expect(await readFile(join(local.folder, name), 'utf8')).toBe('0123456789');
      await local.release();
      const source = await store.sourceOf(sampleId(1), name);
      expect(await text(readSource(source))).toBe('0123456789');
      expect(await text(readSource(source, 4))).toBe('0123');
      await expect(store.sourceOf(sampleId(1), '../secret')).rejects.toMatchObject({
        code: 'file-not-found',
      });
      for (const asked of [store.sourceOf('..', name), store.localFiles('..', [name], signal)])
        await expect(asked).rejects.toMatchObject({ code: 'recording-not-found' });
    });

    test('a manifest has a version that changes with it', async () => {
      const { root, store } = await make();
      expect(await store.readManifest(sampleId(1))).toBeUndefined();
      expect(await store.manifestVersion(sampleId(1))).toBeUndefined();
      await writeRecording(root, sampleManifest(1, { lastFact: 1 }));
      const first = await store.readManifest(sampleId(1));
      expect(first?.manifest).toEqual(sampleManifest(1, { lastFact: 1 }));
      expect(await store.manifestVersion(sampleId(1))).toBe(first?.version);
      await writeRecording(root, sampleManifest(1, { lastFact: 2 }));
      expect(await store.manifestVersion(sampleId(1))).not.toBe(first?.version);
    });

    test.each([
      ['no JSON', '{"version":1,', 'JSON'],
      ['no manifest', '{"version":1}', 'recordingId'],
      ['that of another recording', JSON.stringify(sampleManifest(5)), 'another recording'],
      ['too long', ' '.repeat(MAX_MANIFEST_BYTES + 1), String(MAX_MANIFEST_BYTES + 1)],
    ])('a manifest that is %s is broken, says why, and has a version', async (_what, text, why) => {
      const { root, store } = await make();
      await writeRecording(root, { recordingId: sampleId(1), text });
      const read = store.readManifest(sampleId(1));
      await expect(read).rejects.toMatchObject({
        code: 'manifest-broken',
        message: expect.stringContaining(why),
      });
      expect(await store.manifestVersion(sampleId(1))).toEqual(expect.any(String));
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

    test('reads any part of a file, and fails rather than end early', async () => {
      const { root, store } = await make();
      const folder = await writeRecording(root, sampleManifest(1), { [name]: '0123456789' });
      const file = await openIt(store);
      expect(file.bytes).toBe(10);
      expect(await text(file.read(0, 10))).toBe('0123456789');
      expect(await text(file.read(3, 5))).toBe('34');
      expect(await text(file.read(5, 5))).toBe('');
      await expect(text(file.read(5, 11))).rejects.toThrow(/ends at byte 10/);
      await appendFile(join(folder, name), 'ab');
      expect(await text(file.read(9, 12))).toBe('9ab');
    });

    test('a version changes when bytes change in place, and when the file grows', async () => {
      const { root, store } = await make();
      const folder = await writeRecording(root, sampleManifest(1), { [name]: '0123456789' });
      const versions = [(await store.stat(sampleId(1), name))?.version];
      const handle = await open(join(folder, name), 'r+');
      onTestFinished(() => handle.close());
      await handle.write('X', 0);
      versions.push((await store.stat(sampleId(1), name))?.version);
      await appendFile(join(folder, name), 'more');
      versions.push((await store.stat(sampleId(1), name))?.version);
      expect((await openIt(store)).version).toBe(versions[2]);
      expect(new Set(versions).size).toBe(3);
    });

    test.each([
      ['..', 'secret'],
      [`${sampleId(1)}/..`, name],
      [sampleId(1), `../${sampleId(2)}/${name}`],
      [sampleId(1), 'manifest.json'],
      [sampleId(1), `${name}\0`],
      [sampleId(1), ''],
      [sampleId(7), name],
      [sampleId(1), 'bob-1-20261122T100000000Z.flv'],
      [sampleId(1), 'link-20261122T100000000Z.flv'],
      [sampleId(1), 'folder-20261122T100000000Z.flv'],
    ])('there is no %s / %s', async (recordingId, file) => {
      const { root, store } = await make();
      await writeFile(join(root, 'secret'), 'secret');
      for (const index of [1, 2]) await writeRecording(root, sampleManifest(index), { [name]: 'FLV' });
      await symlink(join(root, 'secret'), join(root, sampleId(1), 'link-20261122T100000000Z.flv'));
      await mkdir(join(root, sampleId(1), 'folder-20261122T100000000Z.flv'));
      expect(await store.open(recordingId, file)).toBeUndefined();
      expect(await store.stat(recordingId, file)).toBeUndefined();
    });
  });
}
