import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { ManualClock } from '#service/testing/manual-clock.ts';
import { readManifest } from '#store/manifest-file.ts';
import { Recordings } from '../storage/recordings.ts';
import { newRecording, openRecorder } from './testing/open-recorder.ts';
import { streams } from './testing/sent-media.ts';

/** A recording with one person, whose Stop has begun and waits for the disk. */
async function openClosing() {
  const root = await mkdtemp(join(tmpdir(), 'verbatim-closing-'));
  onTestFinished(() => rm(root, { recursive: true }));
  const clock = new ManualClock();
  const recorder = openRecorder({ clock, recordings: new Recordings(root) });
  const params = newRecording(clock);
  const { recordingId } = params;
  const { commands } = recorder;
  await commands.start(params);
  await commands.openReceiver({ recordingId, connectionId: 'bob-1' });
  const session = await recorder.session(recordingId);
  const stopping = commands.stop({ recordingId, reason: 'host', lastFact: 0 });
  while (!session.isClosing) await Promise.resolve();
  return {
    clock,
    commands,
    params,
    recorder,
    recordingId,
    folder: join(root, recordingId),
    session,
    stopping,
  };
}

test('[END6] whoever comes while a recording is being completed is refused, and leaves nothing behind', async () => {
  const { commands, folder, recorder, recordingId, session, stopping } = await openClosing();
  const off = { code: 'recording-off' };
  const from = { address: '127.0.0.1', port: 9 };
  await expect(commands.openReceiver({ recordingId, connectionId: 'carol-1' })).rejects.toMatchObject(off);
  // Not those either who were there: their files are being completed.
  const bob = { recordingId, connectionId: 'bob-1' };
  await expect(commands.openReceiver(bob)).rejects.toMatchObject(off);
  await expect(commands.addStream({ ...bob, stream: streams.audio })).rejects.toMatchObject(off);
  await expect(commands.connectReceiver({ ...bob, from })).rejects.toMatchObject(off);
  await stopping;
  expect(session.receivers).toBe(0);
  expect(recorder.has(recordingId)).toBe(false);
  expect((await readManifest(folder)).state).toBe('complete');
  expect((await readdir(folder)).filter((name) => name.endsWith('.flv'))).toEqual([]);
  await recorder.close();
});

test('[END6] a recording that is taken up while it is being completed is complete first, then takes people in', async () => {
  const { commands, folder, params, recorder, recordingId, session, stopping } = await openClosing();
  const states: string[] = [];
  const starting = commands.start(params).then(() => states.push('taken up'));
  await stopping.then(() => states.push('complete'));
  await starting;
  expect(states).toEqual(['complete', 'taken up']);
  expect(await recorder.session(recordingId)).not.toBe(session);
  expect((await readManifest(folder)).state).toBe('recording');
  await commands.openReceiver({ recordingId, connectionId: 'carol-1' });
  await recorder.close();
  expect((await readManifest(folder)).state).toBe('interrupted');
});

test('[END6] a recorder that ends begins nothing that it would not complete', async () => {
  const { commands, params, recorder, stopping } = await openClosing();
  await stopping;
  const closing = recorder.close();
  await expect(commands.start(params)).rejects.toMatchObject({ code: 'recorder-lost' });
  await closing;
  expect(recorder.recordings).toEqual([]);
});
