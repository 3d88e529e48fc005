import { readdir } from 'node:fs/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { sampleFile, sampleId, sampleManifest, temporaryFolder } from '#archive/testing/sample.ts';
import { ManualClock } from '#service/testing/manual-clock.ts';
import { testBucket } from '../testing/s3-engine.ts';
import { contentOf, putRecording, storeContract } from '../testing/store-contract.ts';
import { Bucket } from './bucket.ts';
import { fileKey, makeEpoch, manifestKey, REMOVED } from './keys.ts';
import type { S3Place } from './place.ts';
import { S3Store } from './s3-store.ts';

const { name } = sampleFile('alice-1');
const START_MS = Date.parse('2026-11-22T10:00:00Z');

async function make(changes: Partial<S3Place> = {}) {
  const place = { ...(await testBucket()), ...changes };
  const bucket = new Bucket(place);
  const clock = new ManualClock(START_MS);
  const workFolder = await temporaryFolder();
  const store = new S3Store({ bucket, clock, workFolder, minFreeBytes: 0 });
  onTestFinished(() => store.close());
  const writeText = (recordingId: string, content: string) =>
    bucket.put(manifestKey(recordingId, makeEpoch(START_MS)), Buffer.from(content));
  return { bucket, clock, place, store, workFolder, writeText };
}

storeContract(make);

describe('in a bucket', () => {
  test('who has a later epoch writes the recording, and an owner that slept writes where nobody looks', async () => {
    const { bucket, clock, store } = await make();
    await putRecording(store, sampleManifest(1), { [name]: 'first' });
    const [early, late] = [makeEpoch(START_MS - 1), makeEpoch(START_MS + 1)];
    const write = async (epoch: string, lastFact: number, content: string) => {
      await bucket.put(fileKey(sampleId(1), epoch, name), Buffer.from(content));
      const text = JSON.stringify(sampleManifest(1, { lastFact }));
      await bucket.put(manifestKey(sampleId(1), epoch), Buffer.from(text));
    };
    await write(late, 2, 'second');
    await write(early, 9, 'asleep');
    clock.advance(10_000);
    expect((await store.readManifest(sampleId(1)))?.manifest.lastFact).toBe(2);
    expect(await contentOf(await store.open(sampleId(1), name))).toBe('second');
    const { present } = await store.scan('all');
    expect(present).toEqual([[sampleId(1), await store.manifestVersion(sampleId(1))]]);
    expect(await store.removeFile(sampleId(1), name)).toBe('firstsecondasleep'.length);
  });

  test('a removal that was cut short is ended, and nobody sees what is left of it', async () => {
    const { bucket, store } = await make();
    await putRecording(store, sampleManifest(1), { [name]: 'FLV' });
    await bucket.put(REMOVED + sampleId(1), Buffer.alloc(0));
    await store.sweep();
    const keys: string[] = [];
    for await (const { key } of bucket.list('')) keys.push(key);
    expect(keys).toEqual([]);
  });

  test('an open file is the one that was opened, or none', async () => {
    const { bucket, store } = await make();
    await putRecording(store, sampleManifest(1), { [name]: '0123' });
    const file = await store.open(sampleId(1), name);
    for await (const { key } of bucket.list('files/')) await bucket.put(key, Buffer.from('4567'));
    await expect(contentOf(file)).rejects.toMatchObject({ code: 'file-not-found' });
  });

  test('files for programs go when they are not needed, and when they could not be fetched', async () => {
    const { store, workFolder } = await make();
    await putRecording(store, sampleManifest(1), { [name]: '0123456789' });
    const local = await store.localFiles(sampleId(1), [name], new AbortController().signal);
    expect(await readdir(workFolder)).toHaveLength(1);
    await local.release();
    const told = AbortSignal.abort(new Error('closing'));
    await expect(store.localFiles(sampleId(1), [name], told)).rejects.toThrow('closing');
    expect(await readdir(workFolder)).toEqual([]);
  });

  test('lists are read page by page, and begin where they are told to', async () => {
    const { bucket } = await make();
    const keys = Array.from({ length: 7 }, (_, index) => `manifests/${index}`);
    for (const key of keys) await bucket.put(key, Buffer.from(key));
    const found: string[] = [];
    for await (const { key } of bucket.list('manifests/', { after: 'manifests/1', pageKeys: 2 }))
      found.push(key);
    expect(found).toEqual(keys.slice(2));
  });

  test('what was begun to be sent and never completed is ended after a day', async () => {
    const { bucket, store } = await make();
    const cut = async function* () {
      yield Buffer.alloc(9 * 1024 ** 2);
      throw new Error('cut off');
    };
    await expect(store.putFile(sampleId(1), name, 20 * 1024 ** 2, cut())).rejects.toThrow('cut off');
    await bucket.abandon(Number.MAX_SAFE_INTEGER);
    expect(await store.manifestFacts(sampleId(1))).toBeUndefined();
  });

  test.each([
    [
      'wrong credentials',
      { credentials: { accessKeyId: 'test:tester', secretAccessKey: 'wrong' } },
      'store-refused',
    ],
    ['no bucket', { bucket: 'there-is-no-such-bucket' }, 'store-missing'],
    ['no answer', { endpoint: 'http://127.0.0.1:1' }, 'store-unreachable'],
  ])('%s: says so', async (_what, changes, code) => {
    const { store } = await make(changes);
    await expect(store.scan('all')).rejects.toMatchObject({ code });
  });
});
