import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { silentLog } from '#service/log.ts';
import { ManualClock } from '#service/testing/manual-clock.ts';
import { LocalDisk } from '#store/local-disk.ts';
import { PARSED_AT_ONCE_CHARS } from '#store/parse-apart.ts';
import { sampleId, sampleManifest, temporaryFolder, writeRecording } from '../testing/sample.ts';
import { MAX_WAITING, Manifests } from './manifests.ts';

const long = (index: number) =>
  sampleManifest(index, {
    problems: Array.from({ length: 1200 }, () => ({ atMs: 1, code: 'internal', message: 'x'.repeat(80) })),
  });

async function open() {
  const root = await temporaryFolder();
  const store = new LocalDisk(root, new ManualClock(), silentLog);
  const manifests = new Manifests(store);
  onTestFinished(() => manifests.close());
  return { root, manifests, reads: vi.spyOn(store, 'readManifest') };
}

test('a hundred who ask for one long manifest have it read once, and again when it is another', async () => {
  const { manifests, reads, root } = await open();
  expect(JSON.stringify(long(1)).length).toBeGreaterThan(PARSED_AT_ONCE_CHARS);
  await writeRecording(root, long(1));
  const all = await Promise.all(Array.from({ length: 100 }, () => manifests.read(sampleId(1))));
  expect(new Set(all.map((read) => read?.manifest)).size).toBe(1);
  expect(all[0]?.manifest).toEqual(long(1));
  await manifests.read(sampleId(1));
  expect(reads).toHaveBeenCalledTimes(1);
  await writeRecording(root, { ...long(1), lastFact: 7 });
  expect((await manifests.read(sampleId(1)))?.manifest.lastFact).toBe(7);
  await rm(join(root, sampleId(1)), { recursive: true });
  expect(await manifests.read(sampleId(1))).toBeUndefined();
});

test('long ones are read one at a time, short ones meanwhile, and beyond a bound it is said so', async () => {
  const { manifests, reads, root } = await open();
  for (let index = 1; index <= MAX_WAITING + 2; index += 1) await writeRecording(root, long(index));
  await writeRecording(root, sampleManifest(99));
  const goOn = Promise.withResolvers<void>();
  const original = reads.getMockImplementation() ?? LocalDisk.prototype.readManifest;
  reads.mockImplementationOnce(async function (this: LocalDisk, recordingId: string) {
    await goOn.promise;
    return original.call(this, recordingId);
  });
  const all = Array.from({ length: MAX_WAITING + 2 }, (_, at) => manifests.read(sampleId(at + 1)));
  await expect(Promise.race(all)).rejects.toMatchObject({ code: 'rate-limited', retryAfterMs: 5000 });
  expect(reads).toHaveBeenCalledTimes(1);
  expect((await manifests.read(sampleId(99)))?.manifest.recordingId).toBe(sampleId(99));
  goOn.resolve();
  const settled = await Promise.allSettled(all);
  expect(settled.filter(({ status }) => status === 'rejected')).toHaveLength(1);
});
