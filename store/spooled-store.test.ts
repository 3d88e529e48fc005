import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import {
  sampleFile,
  sampleId,
  sampleManifest,
  temporaryFolder,
  writeRecording,
} from '#archive/testing/sample.ts';
import { silentLog } from '#service/log.ts';
import { ManualClock } from '#service/testing/manual-clock.ts';
import { copyRecording } from './copy-recording.ts';
import { LocalDisk } from './local-disk.ts';
import { SpooledStore } from './spooled-store.ts';
import { contentOf, storeContract } from './testing/store-contract.ts';

/** Of `sha256sum` for the ten digits. */
const SUM = '84d89877f0d4041efb6bf91a16f0248f2fd573e6af05c19f96bedb9f882f7882';
const alice = sampleFile('alice-1', { sha256: SUM });
const { name } = alice;
const MADE = [sampleId(1), 'exports', 'x-abcdefghjkmn.mp4'] as const;
const { signal } = new AbortController();

/** Its place is a disk as well: what a place is, the contract says. */
async function make() {
  const folder = await temporaryFolder();
  const roots = { spool: join(folder, 'spool'), place: join(folder, 'place') };
  const clock = new ManualClock();
  for (const root of Object.values(roots)) await mkdir(root);
  const spool = new LocalDisk(roots.spool, clock, silentLog);
  const place = new LocalDisk(roots.place, clock, silentLog);
  const store = new SpooledStore({ spool, place });
  onTestFinished(() => store.close());
  const writeText = (recordingId: string, text: string) => writeRecording(roots.place, { recordingId, text });
  const record = () =>
    writeRecording(roots.spool, sampleManifest(1, { files: [alice] }), { [name]: '0123456789' });
  let isInUse = false;
  const useIt = (does: boolean) => {
    isInUse = does;
  };
  const move = () =>
    store.move(sampleId(1), {
      copy: async (told) =>
        (await copyRecording(sampleId(1), { from: spool, to: place, signal: told })).version,
      isInUse: () => isInUse,
    });
  return { move, place, record, roots, spool, store, useIt, writeText };
}

storeContract(make);

describe('from the spool to its place', () => {
  test('a recording is the same before it moves, while it does and after, and what was made from it', async () => {
    const { move, place, record, spool, store } = await make();
    await record();
    const scratch = await store.openScratch(...MADE);
    await writeFile(join(scratch, 'whole'), 'MP4');
    await store.putMade(...MADE, join(scratch, 'whole'));
    const look = async () => [
      (await store.readManifest(sampleId(1)))?.manifest.files,
      await contentOf(await store.open(sampleId(1), name)),
      await contentOf(await store.openMade(...MADE)),
      (await store.scan('all')).present.length,
    ];
    const before = await look();
    expect(before).toEqual([[alice], '0123456789', 'MP4', 1]);
    expect(store.spooled).toEqual([sampleId(1)]);
    expect(await move()).toBe('in-use');
    expect(await look()).toEqual(before);
    await store.clearScratch(...MADE);
    expect(await move()).toBe('moved');
    expect(await look()).toEqual(before);
    expect(store.spooled).toEqual([]);
    expect(await spool.manifestFacts(sampleId(1))).toBeUndefined();
    expect(await place.manifestFacts(sampleId(1))).toBeDefined();
    expect((await store.scan('changes')).removed).toEqual([]);
  });

  test('it stays while programs read its files, and while it is another than was copied', async () => {
    const { move, record, spool, store, useIt } = await make();
    await record();
    useIt(true);
    expect(await move()).toBe('in-use');
    useIt(false);
    const local = await store.localFiles(sampleId(1), [name], signal);
    expect(await move()).toBe('in-use');
    await local.release();
    const { version } = (await spool.readManifest(sampleId(1))) ?? {};
    await store.writeManifest(sampleId(1), sampleManifest(1, { files: [alice], lastFact: 5 }));
    expect(await store.move(sampleId(1), { copy: async () => version ?? '', isInUse: () => false })).toBe(
      'changed',
    );
    expect(await move()).toBe('moved');
    expect((await store.readManifest(sampleId(1)))?.manifest.lastFact).toBe(5);
  });

  test('what is erased is erased from both', async () => {
    const { place, record, spool, store } = await make();
    await record();
    await copyRecording(sampleId(1), { from: spool, to: place, signal });
    expect(await store.removeFile(sampleId(1), name)).toBe(10);
    expect(await place.stat(sampleId(1), name)).toBeUndefined();
    await store.remove(sampleId(1));
    expect(await place.manifestFacts(sampleId(1))).toBeUndefined();
  });

  test('who erases something ends the copy first, and nothing comes to its place afterwards', async () => {
    const { place, record, store } = await make();
    await record();
    const begun = Promise.withResolvers<void>();
    const moving = store.move(sampleId(1), {
      isInUse: () => false,
      copy: async (told) => {
        begun.resolve();
        await once(told, 'abort');
        // What was on its way arrives.
        await place.putFile(sampleId(1), name, 0, Readable.from([]));
        throw told.reason;
      },
    });
    await begun.promise;
    const removed = store.remove(sampleId(1));
    await expect(moving).rejects.toThrow('changed meanwhile');
    await removed;
    expect(await place.stat(sampleId(1), name)).toBeUndefined();
  });

  test('a file that is not what its sum was made of is not there in the end', async () => {
    const { place, roots, spool } = await make();
    await writeRecording(roots.spool, sampleManifest(1, { files: [alice] }), { [name]: '012345678x' });
    await expect(copyRecording(sampleId(1), { from: spool, to: place, signal })).rejects.toThrow(SUM);
    expect(await place.manifestFacts(sampleId(1))).toBeUndefined();
    expect(await place.stat(sampleId(1), name)).toBeUndefined();
  });

  test('a copy that was cut short is gone on with, and a file that is missing in the spool is missing there', async () => {
    const { move, place, record, roots, store } = await make();
    await record();
    await place.putFile(
      sampleId(1),
      name,
      3,
      (async function* () {
        yield Buffer.from('012');
      })(),
    );
    expect(await move()).toBe('moved');
    expect(await contentOf(await store.open(sampleId(1), name))).toBe('0123456789');
    await writeRecording(roots.spool, sampleManifest(2, { files: [alice] }));
    await copyRecording(sampleId(2), {
      from: new LocalDisk(roots.spool, new ManualClock(), silentLog),
      to: place,
      signal,
    });
    expect(await place.manifestFacts(sampleId(2))).toBeDefined();
  });

  test('while its place does not answer, nothing that the spool tells is lost', async () => {
    const { place, record, store } = await make();
    await record();
    vi.spyOn(place, 'scan').mockRejectedValueOnce(new Error('no answer'));
    await expect(store.scan('changes')).rejects.toThrow('no answer');
    expect((await store.scan('changes')).present).toHaveLength(1);
  });
});
