import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { silentLog } from '#service/log.ts';
import { readManifest } from '#store/manifest-file.ts';
import { emptyManifest } from '#store/testing/manifests.ts';
import { MANIFEST_BYTES_PER_S, ManifestKeeper } from './manifest-keeper.ts';
import { Recordings } from './recordings.ts';

const manifest = emptyManifest();

let root: string;
let folder: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'verbatim-manifest-'));
  folder = await new Recordings(root).createFolder(manifest.recordingId);
});
afterEach(() => rm(root, { recursive: true }));

test('[FILE5] many who save at once, all get their state written, by one write at a time', async () => {
  let lastFact = 0;
  let written = 0;
  const keeper = new ManifestKeeper(
    folder,
    () => ({ ...manifest, lastFact }),
    () => {
      written += 1;
    },
    silentLog,
  );
  const saves = Array.from({ length: 20 }, async () => {
    lastFact += 1;
    const mine = lastFact;
    await keeper.save();
    expect((await readManifest(folder)).lastFact).toBeGreaterThanOrEqual(mine);
  });
  lastFact += 1;
  keeper.touch();
  keeper.tick(1000);
  await Promise.all(saves);
  // Whoever comes during a write waits for that one and the next.
  const during = [keeper.save()];
  await Promise.resolve();
  lastFact += 1;
  during.push(keeper.save(), keeper.save(), keeper.save());
  await Promise.all(during);
  expect((await readManifest(folder)).lastFact).toBe(lastFact);
  expect(written).toBeLessThan(6);
  expect(await readdir(folder)).toEqual(['manifest.json']);
});

test('[FILE5] after a write that failed the next one is tried', async () => {
  const elsewhere = join(root, 'later', manifest.recordingId);
  const keeper = new ManifestKeeper(
    elsewhere,
    () => manifest,
    () => undefined,
    silentLog,
  );
  await expect(keeper.save()).rejects.toThrow('ENOENT');
  await mkdir(elsewhere, { recursive: true });
  await keeper.save();
  expect(await readManifest(elsewhere)).toEqual(manifest);
});

test('[FILE5] without any change it is written every 30 s', async () => {
  let written = 0;
  const keeper = new ManifestKeeper(
    folder,
    () => manifest,
    () => {
      written += 1;
    },
    silentLog,
  );
  const untilWritten = (times: number) => vi.waitUntil(() => written === times);
  for (let nowMs = 1000; nowMs <= 31_000; nowMs += 100) keeper.tick(nowMs);
  await untilWritten(1);
  keeper.touch();
  keeper.tick(31_900);
  keeper.tick(32_000);
  await untilWritten(2);
  for (let nowMs = 32_000; nowMs <= 62_000; nowMs += 100) keeper.tick(nowMs);
  await untilWritten(3);
  await keeper.save();
  expect(written).toBe(4);
});

test('[FILE8] a long manifest is written the less often, however much there is to tell, and whole when it is over', async () => {
  const chat = Array.from({ length: 2000 }, () => ({
    ...{ atMs: 1, connectionId: 'mallory', name: 'Mallory' },
    text: 'x'.repeat(1000),
  }));
  let written = 0;
  const keeper = new ManifestKeeper(
    folder,
    () => ({ ...manifest, chat }),
    () => {
      written += 1;
    },
    silentLog,
  );
  await keeper.save();
  const seconds = 60;
  for (let nowMs = 0; nowMs < seconds * 1000; nowMs += 500) {
    keeper.hurry();
    await keeper.saveIfShort();
    const before = written;
    keeper.tick(nowMs);
    await vi.waitFor(() => expect(keeper.isWriting).toBe(false), { timeout: 20_000 });
    expect(written - before).toBeLessThanOrEqual(1);
  }
  const bytes = 2000 * 1000 * written;
  expect(written).toBeGreaterThan(3);
  expect(bytes / seconds).toBeLessThan(1.3 * MANIFEST_BYTES_PER_S);
  await keeper.save();
  expect((await readManifest(folder)).chat).toHaveLength(2000);
});
