import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { silentLog } from '../../service/log.ts';
import { ManualClock } from '../../service/manual-clock.ts';
import { LocalDisk } from '../store/local-disk.ts';
import { sampleFile, sampleId, sampleManifest, temporaryFolder, writeRecording } from '../testing/sample.ts';
import { FAILURE_STANDS_MS, Thumbnails } from './thumbnails.ts';

const alice = sampleFile('alice-1');

/** Thumbnails by a program that counts its runs, and never makes a picture. */
async function open() {
  const root = await temporaryFolder();
  const folder = await writeRecording(root, sampleManifest(1), { [alice.name]: 'x' });
  const [ffmpeg, runs] = [join(root, 'ffmpeg.sh'), join(root, 'runs')];
  await writeFile(ffmpeg, `#!/bin/sh\necho run >> ${runs}\nexit 1\n`);
  await chmod(ffmpeg, 0o755);
  const clock = new ManualClock();
  const thumbnails = new Thumbnails({ store: new LocalDisk(root, clock, silentLog), ffmpeg, clock });
  onTestFinished(() => thumbnails.close());
  const refused = (asker = 'a') =>
    expect(thumbnails.open(sampleId(1), alice, asker)).rejects.toMatchObject({ code: 'file-not-found' });
  const counted = async () => (await readFile(runs, 'utf8')).split('\n').length - 1;
  return { clock, counted, file: join(folder, alice.name), refused };
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
