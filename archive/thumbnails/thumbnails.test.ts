import { chmod, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { silentLog } from '#service/log.ts';
import { ManualClock } from '#service/testing/manual-clock.ts';
import { LocalDisk } from '#store/local-disk.ts';
import { sampleFile, sampleId, sampleManifest, temporaryFolder, writeRecording } from '../testing/sample.ts';
import { FAILURE_STANDS_MS, Thumbnails, thumbnailAtMs } from './thumbnails.ts';

const alice = sampleFile('alice-1');

/** Thumbnails by a program that counts its runs, and never makes a picture, or leaves one half made for ever. */
async function open(end = 'exit 1') {
  const root = await temporaryFolder();
  const folder = await writeRecording(root, sampleManifest(1), { [alice.name]: 'x' });
  const [ffmpeg, runs] = [join(root, 'ffmpeg.sh'), join(root, 'runs')];
  await writeFile(
    ffmpeg,
    `#!/bin/sh\nfor last; do :; done\necho half > "$last"\necho run >> ${runs}\n${end}\n`,
  );
  await chmod(ffmpeg, 0o755);
  const clock = new ManualClock();
  const thumbnails = new Thumbnails({ store: new LocalDisk(root, clock, silentLog), ffmpeg, clock });
  onTestFinished(() => thumbnails.close());
  const refused = (asker = 'a') =>
    expect(
      thumbnails.open(sampleId(1), alice, { asker, stream: { requireOpen() {} } }),
    ).rejects.toMatchObject({ code: 'file-not-found' });
  const counted = async () => (await readFile(runs, 'utf8')).split('\n').length - 1;
  return { clock, counted, file: join(folder, alice.name), folder, refused, thumbnails };
}

test('a file that gives no picture is not tried again with every look, but after a time, and when it has changed', async () => {
  const { clock, counted, file, refused } = await open();
  for (const asker of ['a', 'a', 'b']) await refused(asker);
  expect(await counted()).toBe(1);
  clock.advance(FAILURE_STANDS_MS);
  await refused();
  expect(await counted()).toBe(2);
  await writeFile(file, 'changed');
  await refused();
  expect(await counted()).toBe(3);
});

test('a picture that is being made ends with its file, and leaves no half of it', async () => {
  const { counted, folder, refused, thumbnails } = await open('exec sleep 600');
  const asked = refused();
  await vi.waitFor(async () => expect(await counted()).toBe(1));
  await thumbnails.stop(sampleId(1), ['other.flv']);
  await thumbnails.stop(sampleId(2));
  expect(await readdir(join(folder, 'thumbnails'))).toEqual([`${alice.name}.work`]);
  await thumbnails.stop(sampleId(1), [alice.name]);
  expect(await readdir(join(folder, 'thumbnails'))).toEqual([]);
  await asked;
});

test.each([
  ['always on', [], 5000],
  ['off at first', [[1000, 9000]], 9000],
  ['off in the middle', [[3000, 5000]], 7000],
  [
    'off twice, told in any order',
    [
      [9000, 10_000],
      [1000, 3000],
    ],
    5000,
  ],
  ['never on', [[1000, 11_000]], 5000],
] as [string, [number, number][], number][])('the picture of a camera that is %s', (_what, off, expected) => {
  const cameraOff = off.map(([fromMs, toMs]) => ({ fromMs, toMs }));
  expect(thumbnailAtMs(sampleFile('a', { startOffsetMs: 1000, durationMs: 10_000, cameraOff }))).toBe(
    expected,
  );
});
