import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { expect, test } from 'vitest';
import { manifestSchema } from '#protocol/manifest.ts';
import { ManualClock } from '#service/testing/manual-clock.ts';
import { openTestArchive } from '../testing/open-test-archive.ts';
import { sampleFile, sampleId, sampleManifest, temporaryFolder, writeRecording } from '../testing/sample.ts';
import { sumsOf } from './sums.ts';

const alice = sampleFile('alice-1');
const sumOf = (text: string) => createHash('sha256').update(text).digest('hex');

async function sumsIn(folder: string): Promise<(string | undefined)[]> {
  const text = await readFile(join(folder, 'manifest.json'), 'utf8');
  return manifestSchema.parse(JSON.parse(text)).files.map(({ sha256 }) => sha256);
}

test('sums come into the manifests of closed recordings alone, once', async () => {
  const archive = await openTestArchive({ clock: new ManualClock(Date.parse('2030-01-01')) });
  const missing = sampleFile('bob-1');
  const folders = [];
  for (const [index, state] of [
    [1, 'complete'],
    [2, 'recording'],
    [3, 'interrupted'],
  ] as const) {
    const manifest = sampleManifest(index, { state, files: [alice, missing] });
    folders.push(await writeRecording(archive.recordings, manifest, { [alice.name]: `content ${index}` }));
  }
  await archive.indexer.reconcile();
  await archive.finisher.run();
  const [closed = '', live = '', interrupted = ''] = folders;
  expect(await sumsIn(closed)).toEqual([sumOf('content 1'), undefined]);
  expect(await sumsIn(live)).toEqual([undefined, undefined]);
  expect(await sumsIn(interrupted)).toEqual([sumOf('content 3'), undefined]);
  await writeFile(join(closed, alice.name), 'changed later');
  await archive.finisher.run();
  expect(await sumsIn(closed)).toEqual([sumOf('content 1'), undefined]);
});

test('a recording that a recorder holds is left alone', async () => {
  const archive = await openTestArchive({ clock: new ManualClock(0) });
  const folder = await writeRecording(archive.recordings, sampleManifest(1), { [alice.name]: 'x' });
  await writeFile(join(folder, 'owner.json'), '{}');
  await archive.indexer.reconcile();
  await archive.finisher.run();
  expect(await sumsIn(folder)).toEqual([undefined]);
  expect(sampleId(1)).toBeTruthy();
});

test('recordings that cannot be finished do not stand in the way of others, and are not tried with every round', async () => {
  const clock = new ManualClock(0);
  const archive = await openTestArchive({ clock });
  const folders: string[] = [];
  // The newest come first, and of these the file is not there: more than are looked at in a round.
  for (let index = 1; index <= 25; index += 1) {
    const content = index === 1 ? { [alice.name]: 'x' } : {};
    folders.push(await writeRecording(archive.recordings, sampleManifest(index), content));
  }
  await archive.indexer.reconcile();
  await archive.finisher.run();
  await archive.finisher.run();
  expect(await sumsIn(folders[0] ?? '')).toEqual([sumOf('x')]);
  // It comes back: found once the wait is over, not before.
  await writeFile(join(folders[24] ?? '', alice.name), 'y');
  await archive.finisher.run();
  expect(await sumsIn(folders[24] ?? '')).toEqual([undefined]);
  clock.advance(60_000);
  await archive.finisher.run();
  expect(await sumsIn(folders[24] ?? '')).toEqual([sumOf('y')]);
}, 20_000);

test('the process of the sums says what it cannot read, and ends when it is told to', async () => {
  const { signal } = new AbortController();
  const path = join(await temporaryFolder(), 'file');
  await writeFile(path, 'text');
  await expect(sumsOf({ path: `${path}-gone` }, signal)).rejects.toThrow('ENOENT');
  // With a zero in front: `printf text | gzip | ...`, ISO 3309.
  const sums = { sha256: sumOf('text'), crc32: crc32('text').toString(16).padStart(8, '0') };
  expect(await Promise.all([1, 2, 3].map(() => sumsOf({ path }, signal)))).toEqual(Array(3).fill(sums));
  const told = new AbortController();
  const cut = sumsOf({ path: '/dev/zero' }, told.signal);
  told.abort(new Error('closing'));
  await expect(cut).rejects.toThrow('closing');
  await expect(sumsOf({ path }, told.signal)).rejects.toThrow('closing');
});
