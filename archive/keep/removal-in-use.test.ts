import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { type Log, silentLog } from '#service/log.ts';
import { ManualClock } from '#service/testing/manual-clock.ts';
import { REMOVAL_RETRY_MS } from '#store/local-disk.ts';
import { askingAsAdmin } from '../testing/client.ts';
import { openTestArchive } from '../testing/open-test-archive.ts';
import { sampleFile, sampleId, sampleManifest, writeRecording } from '../testing/sample.ts';

const failing = vi.hoisted(() => ({ code: undefined as string | undefined }));
/** As over NFS while somebody reads: what is removed leaves `.nfs…` behind, and so its folder stays. */
vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof import('node:fs/promises')>();
  return {
    ...real,
    rm: async (path: string, options: object) => {
      if (failing.code === undefined || !path.includes('.removed-')) return real.rm(path, options);
      await real.rm(path, options);
      await real.mkdir(path);
      await real.writeFile(join(path, '.nfs000000000000001'), 'x');
      throw Object.assign(new Error(`${failing.code}: rmdir`), { code: failing.code });
    },
  };
});
afterEach(() => {
  failing.code = undefined;
});

const alice = sampleFile('alice-1');

async function open() {
  const clock = new ManualClock();
  const words: string[] = [];
  const log: Log = { ...silentLog, warn: (event) => words.push(event) };
  const archive = await openTestArchive({ clock, log });
  await writeRecording(archive.recordings, sampleManifest(1, { files: [alice] }), { [alice.name]: 'FLV' });
  await archive.indexer.reconcile();
  return { admin: await askingAsAdmin(archive), archive, clock, words };
}

test.each(['ENOTEMPTY', 'EBUSY'])(
  'a recording that is in use (%s) is gone for everybody at once, told of, and removed later',
  async (code) => {
    const { admin, archive, clock, words } = await open();
    failing.code = code;
    const deleted = await admin('DELETE', `/api/recordings/${sampleId(1)}`);
    expect(deleted).toMatchObject({ status: 200, body: { files: 1 } });
    expect((await admin('GET', '/api/recordings')).body.recordings).toEqual([]);
    const [entry] = (await admin('GET', '/api/audit')).body.entries;
    expect(entry).toMatchObject({ action: 'recording-deleted', recordingId: sampleId(1) });
    expect(words).toEqual(['removal-postponed']);
    const left = () => readdir(archive.recordings);
    expect(await left()).toEqual([`.removed-${sampleId(1)}`]);
    // Still in use, and then no more.
    clock.advance(REMOVAL_RETRY_MS);
    await vi.waitFor(() => expect(words).toHaveLength(2));
    failing.code = undefined;
    clock.advance(REMOVAL_RETRY_MS);
    await vi.waitFor(async () => expect(await left()).toEqual([]));
  },
);

test('what cannot be removed for another reason is an error', async () => {
  const { admin } = await open();
  failing.code = 'EIO';
  expect((await admin('DELETE', `/api/recordings/${sampleId(1)}`)).status).toBe(500);
});
