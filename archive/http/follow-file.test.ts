import { open } from 'node:fs/promises';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { ManualClock } from '#service/testing/manual-clock.ts';
import { openTestArchive, signIn } from '../testing/open-test-archive.ts';
import { sampleFile, sampleId, sampleManifest, writeRecording } from '../testing/sample.ts';
import { UNREAD_MS } from './follow-file.ts';

/** More than the kernel takes for somebody who does not read. */
const FILE_BYTES = 256 * 1024 * 1024;

test('who follows a growing file and does not read is closed, and counted', async () => {
  const clock = new ManualClock();
  const archive = await openTestArchive({ clock });
  const file = sampleFile('alice-1', { state: 'writing' });
  const folder = await writeRecording(
    archive.recordings,
    sampleManifest(1, { state: 'recording', files: [file] }),
  );
  // Of holes: it takes no room on the disk.
  const handle = await open(join(folder, file.name), 'w');
  await handle.truncate(FILE_BYTES);
  await handle.close();
  await archive.indexer.reconcile();
  const cookie = await signIn(archive);
  await archive.server.listen({ host: '127.0.0.1', port: 0 });
  const served: Socket[] = [];
  archive.server.server.on('connection', (socket: Socket) => served.push(socket));
  const client = connect((archive.server.server.address() as AddressInfo).port, '127.0.0.1').pause();
  onTestFinished(() => {
    client.destroy();
  });
  const path = `/api/recordings/${sampleId(1)}/files/${file.name}?follow=1`;
  client.write(`GET ${path} HTTP/1.1\r\nhost: x\r\ncookie: ${cookie}\r\n\r\n`);
  let before = -1;
  let quiet = 0;
  await vi.waitFor(
    () => {
      const { bytesWritten = 0, writableLength = 0 } = served[0] ?? {};
      quiet = writableLength > 0 && bytesWritten === before ? quiet + 1 : 0;
      before = bytesWritten;
      expect(quiet).toBeGreaterThan(5);
    },
    { timeout: 30_000 },
  );
  clock.advance(UNREAD_MS - 1);
  expect(served[0]?.destroyed).toBe(false);
  clock.advance(1);
  await vi.waitFor(() => expect(served[0]?.destroyed).toBe(true), { timeout: 30_000 });
  const { body } = await archive.server.inject({ url: '/metrics' });
  expect(body).toContain('verbatim_unread_streams_total 1');
});
