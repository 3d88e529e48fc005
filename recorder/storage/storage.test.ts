import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { silentLog } from '#service/log.ts';
import { readManifest, writeManifest } from '#store/manifest-file.ts';
import { emptyManifest } from '#store/testing/manifests.ts';
import {
  AppendFile,
  CONGESTED_BYTES,
  MAX_PENDING_BYTES,
  PROMPT_MS,
  SYNC_INTERVAL_MS,
  WRITE_INTERVAL_MS,
  WRITE_THRESHOLD_BYTES,
} from './append-file.ts';
import { Recordings } from './recordings.ts';

const NOW_MS = Date.UTC(2026, 10, 22, 10, 20, 30, 123);
const RECORDING_ID = '20261122T102030123Z-abcdefgh';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'verbatim-storage-'));
});
afterEach(() => rm(root, { recursive: true }));

describe('AppendFile', () => {
  test('[FILE1] a tick after the end of a file is no failure of it', async () => {
    const path = join(root, 'a.flv');
    const file = await AppendFile.create(path);
    file.append([Buffer.from('the first')], NOW_MS);
    await vi.waitUntil(() => file.writtenBytes > 0);
    file.append([Buffer.from(', the last')], NOW_MS + PROMPT_MS);
    await file.finish();
    file.tick(NOW_MS + PROMPT_MS + SYNC_INTERVAL_MS);
    await new Promise(setImmediate);
    expect(file.failure).toBeUndefined();
    expect(await readFile(path, 'utf8')).toBe('the first, the last');
  });

  test('[FILE1] writes the first bytes at once, later ones at the interval', async () => {
    const path = join(root, 'a.flv');
    const file = await AppendFile.create(path);
    file.append([Buffer.from('ab'), Buffer.from('c')], NOW_MS);
    await vi.waitUntil(() => file.writtenBytes === 3);
    const later = NOW_MS + PROMPT_MS;
    file.tick(later);
    file.append([Buffer.from('de')], later - 1);
    await vi.waitUntil(() => file.writtenBytes === 5);
    file.append([Buffer.from('f')], later);
    file.tick(later + WRITE_INTERVAL_MS - 2);
    expect(file.writtenBytes).toBe(5);
    file.tick(later + WRITE_INTERVAL_MS);
    await vi.waitUntil(() => file.writtenBytes === 6);
    await file.finish({ offset: 1, bytes: Buffer.from('XY') });
    expect(await readFile(path, 'utf8')).toBe('aXYdef');
  });

  test('finish writes what is still pending, and is memoised', async () => {
    const path = join(root, 'a.flv');
    const file = await AppendFile.create(path);
    file.append([Buffer.alloc(1000, 1)], NOW_MS);
    file.append([Buffer.alloc(1000, 2)], NOW_MS);
    await Promise.all([file.finish(), file.finish()]);
    expect((await readFile(path)).length).toBe(2000);
  });

  test('[FILE2] a file is congested long before anything is refused, and until nearly all of it is written', async () => {
    const file = await AppendFile.create(join(root, 'a.flv'));
    file.append([Buffer.alloc(CONGESTED_BYTES)], NOW_MS);
    expect(file.congested).toBe(false);
    // The first bytes are on their way: these wait for them.
    file.append([Buffer.alloc(CONGESTED_BYTES), Buffer.alloc(1)], NOW_MS);
    expect(file.congested).toBe(true);
    await vi.waitUntil(() => {
      file.tick(NOW_MS);
      return !file.congested;
    });
    await vi.waitUntil(() => file.writtenBytes === 2 * CONGESTED_BYTES + 1);
    expect(file.failure).toBeUndefined();
    await file.finish();
  });

  test('[FILE3] a disk that does not keep up at all ends the file: what was written stays, memory is bounded', async () => {
    const path = join(root, 'a.flv');
    const file = await AppendFile.create(path);
    file.append([Buffer.alloc(10, 1)], NOW_MS);
    await vi.waitUntil(() => file.writtenBytes === 10);
    file.append([Buffer.alloc(MAX_PENDING_BYTES + 1)], NOW_MS);
    expect(file.failure).toMatchObject({ code: 'storage-unwritable' });
    await expect(file.finish()).rejects.toThrow('too slow');
    expect((await readFile(path)).length).toBe(10);
  });

  test('[OWN1] nothing is written, however much has come, while it is not sure whose file it is', async () => {
    const path = join(root, 'a.flv');
    let mayWrite = false;
    const file = await AppendFile.create(path, () => mayWrite);
    file.append([Buffer.alloc(2 * WRITE_THRESHOLD_BYTES)], NOW_MS);
    file.tick(NOW_MS + SYNC_INTERVAL_MS);
    expect((await readFile(path)).length).toBe(0);
    expect(file.writtenBytes).toBe(0);
    mayWrite = true;
    file.tick(NOW_MS + SYNC_INTERVAL_MS);
    await vi.waitUntil(() => file.writtenBytes === 2 * WRITE_THRESHOLD_BYTES);
    await file.finish();
  });

  test('[LIGHT4] how long the disk has taken nothing of what waits is known', async () => {
    let mayWrite = true;
    const file = await AppendFile.create(join(root, 'a.flv'), () => mayWrite);
    file.append([Buffer.from('a')], NOW_MS);
    await vi.waitUntil(() => file.writtenBytes === 1);
    file.tick(NOW_MS + 1000);
    expect(file.stuckMs(NOW_MS + 1000)).toBe(0);
    // Nothing waits.
    file.tick(NOW_MS + 60_000);
    expect(file.stuckMs(NOW_MS + 60_000)).toBe(0);
    mayWrite = false;
    file.append([Buffer.from('b')], NOW_MS + 60_000);
    file.tick(NOW_MS + 65_000);
    expect(file.stuckMs(NOW_MS + 65_000)).toBe(5000);
    mayWrite = true;
    file.tick(NOW_MS + 65_000);
    await vi.waitUntil(() => file.writtenBytes === 2);
    file.tick(NOW_MS + 65_000);
    expect(file.stuckMs(NOW_MS + 65_000)).toBe(0);
    await file.finish();
  });

  test('an existing file is refused', async () => {
    await writeFile(join(root, 'a.flv'), 'precious');
    await expect(AppendFile.create(join(root, 'a.flv'))).rejects.toMatchObject({ code: 'EEXIST' });
  });
});

describe('Recordings', () => {
  test('[P2] a name that is taken is never overwritten: the next millisecond is used', async () => {
    const recordings = new Recordings(root);
    await recordings.createFolder(RECORDING_ID);
    const camera = await recordings.createFile(RECORDING_ID, 'alice-1', NOW_MS);
    const screen = await recordings.createFile(RECORDING_ID, 'alice-1', NOW_MS);
    expect(camera.name).toBe('alice-1-20261122T102030123Z.flv');
    expect(screen.name).toBe('alice-1-20261122T102030124Z.flv');
    await Promise.all([camera.file.finish(), screen.file.finish()]);
    expect(await recordings.list()).toEqual([RECORDING_ID]);
  });
});

test('[FILE5] a manifest is replaced whole', async () => {
  const manifest = emptyManifest({ recordingId: RECORDING_ID });
  const folder = await new Recordings(root).createFolder(RECORDING_ID);
  await writeManifest(folder, manifest, silentLog);
  await writeManifest(folder, { ...manifest, lastFact: 7 }, silentLog);
  expect((await readManifest(folder)).lastFact).toBe(7);
  expect(await readdir(folder)).toEqual(['manifest.json']);
});
