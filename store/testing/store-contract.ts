import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, onTestFinished, test } from 'vitest';
import { sampleFile, sampleId, sampleManifest } from '#archive/testing/sample.ts';
import { MAX_MANIFEST_BYTES, type Manifest } from '#protocol/manifest.ts';
import { readSource } from '../file-source.ts';
import type { ScanExtent, Store, StoredFile } from '../store.ts';

const { name } = sampleFile('alice-1');
const MADE = [sampleId(1), 'exports', 'x-abcdefghjkmn.mp4'] as const;

/** An empty store, and a way to a manifest that none of ours writes. */
interface Tried {
  store: Store;
  writeText(recordingId: string, text: string): Promise<unknown>;
}

/** Puts a recording there as whoever moves one does. */
export async function putRecording(
  store: Store,
  manifest: Manifest,
  contents: Record<string, string> = {},
): Promise<void> {
  for (const [file, content] of Object.entries(contents)) {
    const bytes = Buffer.from(content);
    await store.putFile(manifest.recordingId, file, bytes.length, pieces(bytes));
  }
  await store.putManifest(manifest.recordingId, manifest);
}

async function* pieces(bytes: Buffer, length = 4): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length);
}

/** What there is of a file in all; undefined when it is not there. */
export async function contentOf(file: StoredFile | undefined): Promise<string | undefined> {
  try {
    return file && (await text(file.read(0, file.bytes)));
  } finally {
    await file?.close();
  }
}

/** What every store must do. `make` gives an empty one. */
export function storeContract(make: () => Promise<Tried>): void {
  /** With a recording whose one file has ten bytes. */
  const makeOne = async () => {
    const { store } = await make();
    onTestFinished(() => store.close());
    await putRecording(store, sampleManifest(1), { [name]: '0123456789' });
    return store;
  };

  describe('store contract', () => {
    test('a scan tells recordings in order, then what changed, then all again', async () => {
      const { store } = await make();
      onTestFinished(() => store.close());
      const idsOf = async (extent: ScanExtent) => {
        const { present, removed } = await store.scan(extent);
        return [present.map(([recordingId]) => recordingId), removed];
      };
      expect(await idsOf('changes')).toEqual([[], []]);
      for (const index of [3, 1, 2]) await putRecording(store, sampleManifest(index));
      expect(await idsOf('changes')).toEqual([[1, 2, 3].map(sampleId), []]);
      expect(await idsOf('changes')).toEqual([[], []]);
      await store.writeManifest(sampleId(2), sampleManifest(2, { state: 'interrupted' }));
      await store.remove(sampleId(1));
      const { present, removed } = await store.scan('changes');
      expect(present).toEqual([[sampleId(2), await store.manifestVersion(sampleId(2))]]);
      expect(removed).toEqual([sampleId(1)]);
      expect(await idsOf('all')).toEqual([[2, 3].map(sampleId), []]);
    });

    test('replaces a manifest whole, and removes what it is told to', async () => {
      const store = await makeOne();
      const changed = sampleManifest(1, { lastFact: 7 });
      await store.writeManifest(sampleId(1), changed);
      expect((await store.readManifest(sampleId(1)))?.manifest).toEqual(changed);
      const bytes = (await store.manifestFacts(sampleId(1)))?.bytes;
      const thumbnail = [sampleId(1), 'thumbnails', `${name}.jpg`] as const;
      const scratch = await store.openScratch(...thumbnail);
      await writeFile(join(scratch, 'result.jpg'), 'JPG');
      await store.putMade(...thumbnail, join(scratch, 'result.jpg'));
      expect(await store.removeFile(sampleId(1), name)).toBe(13);
      await expect(readdir(scratch)).rejects.toThrow('ENOENT');
      for (const gone of [await store.stat(sampleId(1), name), await store.openMade(...thumbnail)])
        expect(gone).toBeUndefined();
      expect(await store.removeFile(sampleId(1), '../manifest.json')).toBe(0);
      expect(await store.remove(sampleId(1))).toBe(bytes);
      expect(await store.manifestFacts(sampleId(1))).toBeUndefined();
      expect(await store.remove(sampleId(1))).toBe(0);
      const written = store.writeManifest(sampleId(1), changed);
      await expect(written).rejects.toMatchObject({ code: 'recording-not-found' });
      expect(await store.manifestFacts(sampleId(1))).toBeUndefined();
      await store.sweep();
      await expect(store.remove('../elsewhere')).rejects.toMatchObject({ code: 'recording-not-found' });
    });

    test('a file comes whole or not at all, however long, and is told of by its manifest', async () => {
      const store = await makeOne();
      const bob = sampleFile('bob-1').name;
      const long = 'long '.repeat(4_000_000);
      await store.putFile(sampleId(1), bob, long.length, pieces(Buffer.from(long), 65_536));
      expect((await contentOf(await store.open(sampleId(1), bob))) === long).toBe(true);
      for (const bytes of [9, 11, 10 * 1024 ** 2]) {
        const put = store.putFile(
          sampleId(1),
          sampleFile('carol-1').name,
          bytes,
          pieces(Buffer.from('0123456789')),
        );
        await expect(put).rejects.toThrow('10 bytes');
      }
      expect(await store.stat(sampleId(1), sampleFile('carol-1').name)).toBeUndefined();
      await store.putFile(sampleId(2), name, 3, pieces(Buffer.from('FLV')));
      expect(await store.manifestFacts(sampleId(2))).toBeUndefined();
      expect((await store.stat(sampleId(2), name))?.bytes).toBe(3);
      expect((await store.scan('all')).present).toHaveLength(1);
      await store.putManifest(sampleId(2), sampleManifest(2));
      expect(await contentOf(await store.open(sampleId(2), name))).toBe('FLV');
      await expect(store.putFile(sampleId(1), '../x.flv', 0, pieces(Buffer.alloc(0)))).rejects.toMatchObject({
        code: 'file-not-found',
      });
    });

    test('what was made from a recording is opened by its own kind of name alone', async () => {
      const store = await makeOne();
      const scratch = await store.openScratch(...MADE);
      await writeFile(join(scratch, 'whole'), 'MP4');
      await store.putMade(...MADE, join(scratch, 'whole'));
      expect(await contentOf(await store.openMade(...MADE))).toBe('MP4');
      expect(await store.listMade(sampleId(1))).toEqual([['exports', 'x-abcdefghjkmn.mp4']]);
      for (const other of ['x-abcdefghjkmn.exe', '../manifest.json', '..', 'x-abcdefghjkmn.mp4/..']) {
        expect(await store.openMade(sampleId(1), 'exports', other)).toBeUndefined();
      }
      expect(await store.openMade(sampleId(1), 'thumbnails', 'x-abcdefghjkmn.mp4')).toBeUndefined();
    });

    test('what is made lies in a folder of its own, over a restart too, until it is put in its place', async () => {
      const store = await makeOne();
      const scratch = await store.openScratch(...MADE);
      await writeFile(join(scratch, 'half'), 'half');
      expect(await store.openScratch(...MADE)).toBe(scratch);
      expect(await readdir(scratch)).toEqual(['half']);
      await writeFile(join(scratch, 'whole'), 'MP4');
      expect(await store.openMade(...MADE)).toBeUndefined();
      expect(await store.putMade(...MADE, join(scratch, 'whole'))).toBe(3);
      expect(await contentOf(await store.openMade(...MADE))).toBe('MP4');
      expect(await readdir(scratch)).toEqual(['half']);
      for (const _twice of [1, 2]) await store.clearScratch(...MADE);
      await expect(readdir(scratch)).rejects.toThrow('ENOENT');
      expect(await store.removeMade(...MADE)).toBe(3);
      expect(await store.removeMade(...MADE)).toBe(0);
    });

    test.each([
      ['../elsewhere', 'x-abcdefghjkmn.mp4', 'recording-not-found'],
      [sampleId(7), 'x-abcdefghjkmn.mp4', 'recording-not-found'],
      [sampleId(1), '../x-abcdefghjkmn.mp4', 'file-not-found'],
    ])('nothing is made for %s / %s', async (recordingId, made, code) => {
      const store = await makeOne();
      await expect(store.openScratch(recordingId, 'exports', made)).rejects.toMatchObject({ code });
    });

    test('programs find files by a path, and processes by their source', async () => {
      const store = await makeOne();
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
      const { store } = await make();
      onTestFinished(() => store.close());
      expect(await store.readManifest(sampleId(1))).toBeUndefined();
      expect(await store.manifestVersion(sampleId(1))).toBeUndefined();
      await putRecording(store, sampleManifest(1, { lastFact: 1 }), { [name]: 'FLV' });
      const first = await store.readManifest(sampleId(1));
      expect(first?.manifest).toEqual(sampleManifest(1, { lastFact: 1 }));
      expect(await store.manifestVersion(sampleId(1))).toBe(first?.version);
      await store.writeManifest(sampleId(1), sampleManifest(1, { lastFact: 2 }));
      expect(await store.manifestVersion(sampleId(1))).not.toBe(first?.version);
    });

    test.each([
      ['no JSON', '{"version":1,', 'JSON'],
      ['no manifest', '{"version":1}', 'recordingId'],
      ['that of another recording', JSON.stringify(sampleManifest(5)), 'another recording'],
      ['too long', ' '.repeat(MAX_MANIFEST_BYTES + 1), String(MAX_MANIFEST_BYTES + 1)],
    ])('a manifest that is %s is broken, says why, and has a version', async (_what, content, why) => {
      const { store, writeText } = await make();
      onTestFinished(() => store.close());
      await writeText(sampleId(1), content);
      await expect(store.readManifest(sampleId(1))).rejects.toMatchObject({
        code: 'manifest-broken',
        message: expect.stringContaining(why),
      });
      expect(await store.manifestVersion(sampleId(1))).toEqual(expect.any(String));
    });

    test('reads any part of a file, and fails rather than end early', async () => {
      const store = await makeOne();
      const file = await store.open(sampleId(1), name);
      if (!file) throw new Error('not there');
      onTestFinished(() => file.close());
      expect([file.bytes, file.version]).toEqual([10, (await store.stat(sampleId(1), name))?.version]);
      expect(await text(file.read(0, 10))).toBe('0123456789');
      expect(await text(file.read(3, 5))).toBe('34');
      expect(await text(file.read(5, 5))).toBe('');
      await expect(text(file.read(5, 11))).rejects.toThrow(/ends at byte 10/);
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
    ])('there is no %s / %s', async (recordingId, file) => {
      const store = await makeOne();
      expect(await store.open(recordingId, file)).toBeUndefined();
      expect(await store.stat(recordingId, file)).toBeUndefined();
    });
  });
}
