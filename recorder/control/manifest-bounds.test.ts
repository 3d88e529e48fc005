import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { MAX_MANIFEST_BYTES } from '#protocol/manifest.ts';
import type { Fact, FactBody } from '#protocol/recorder.ts';
import { readManifest } from '#store/manifest-file.ts';
import { FILE_LIMITS } from './file-limits.ts';
import { newRecording } from './testing/open-recorder.ts';
import { RecordingPlace } from './testing/recording-place.ts';
import { streams } from './testing/sent-media.ts';

const SLOW_MS = 120_000;
let place: RecordingPlace;
beforeAll(async () => {
  place = await RecordingPlace.open();
});
afterAll(() => place.close());

const LONG_ID = 'm'.repeat(58);

/** More than there is room for, of every kind but answers. */
function* noise(): Generator<FactBody> {
  for (let count = 0; count < 12_000; count += 1) {
    const connectionId = `${LONG_ID}-${count % 6000}`;
    yield { type: 'joined', connectionId, name: '\u{1F4A9}'.repeat(40), role: 'participant' };
    yield { type: 'chat', connectionId, text: '試'.repeat(2000) };
    yield { type: 'speakers', connectionIds: Array.from({ length: 16 }, () => connectionId) };
    yield { type: 'left', connectionId };
  }
}

test('[FILE8] a manifest never grows to where it cannot be read, and an answer is in it whatever came before', {
  timeout: SLOW_MS,
}, async () => {
  const recorder = place.openRecorder();
  const params = newRecording();
  const { recordingId, startedAtMs: atMs } = params;
  await recorder.commands.start(params);
  const session = await recorder.session(recordingId);
  let seq = 0;
  const facts = (bodies: Iterable<FactBody>): Fact[] =>
    [...bodies].map((body) => ({ ...body, seq: ++seq, atMs }) as Fact);
  session.takeFacts(facts(noise()));
  for (let count = 0; count < 2000; count += 1) session.noteProblem('internal', 'x'.repeat(1000));
  const answers = ['accepted', 'withdrawn'] as const;
  session.takeFacts(
    facts(answers.map((consent) => ({ type: 'consent', connectionId: 'pat', consent }) as const)),
  );
  await recorder.commands.stop({ recordingId, reason: 'host', lastFact: seq });
  const folder = place.folder(recordingId);
  const { length } = await readFile(join(folder, 'manifest.json'));
  process.stdout.write(`A manifest of which every part is full has ${length} bytes.\n`);
  expect(length).toBeLessThan(MAX_MANIFEST_BYTES / 2);
  const manifest = await readManifest(folder);
  expect(manifest.consent.map(({ connectionId, consent }) => [connectionId, consent])).toEqual([
    ['pat', 'accepted'],
    ['pat', 'withdrawn'],
  ]);
  const full = manifest.problems.filter(({ code }) => code === 'recording-full');
  expect(full.map(({ message }) => message)).toHaveLength(3);
});

test('[FILE9] who shares a screen in a loop gets so many files, is refused in words, and nobody else is', async () => {
  const recorder = place.openRecorder();
  const params = newRecording();
  const { recordingId } = params;
  await recorder.commands.start(params);
  const share = async (connectionId: string, streamId: string) => {
    const key = { recordingId, connectionId };
    await recorder.commands.openReceiver(key);
    await recorder.commands.addStream({ ...key, stream: { ...streams.video, streamId, source: 'screen' } });
    await recorder.commands.removeStream({ ...key, streamId });
  };
  const most = FILE_LIMITS.own + FILE_LIMITS.each;
  for (let count = 0; count < most; count += 1) await share('mallory', `stream-${count}`);
  for (let again = 0; again < 2; again += 1) {
    await expect(share('mallory', `again-${again}`)).rejects.toMatchObject({ code: 'recording-full' });
  }
  // Neither does coming anew help.
  await recorder.commands.closeReceiver({
    ...{ recordingId, connectionId: 'mallory' },
    ...{ reason: 'left', erase: false },
  });
  await expect(share('mallory', 'anew')).rejects.toMatchObject({ code: 'recording-full' });
  await share('pat', 'stream');
  await recorder.commands.stop({ recordingId, reason: 'host', lastFact: 0 });
  const { problems } = await readManifest(place.folder(recordingId));
  expect(problems.filter(({ code }) => code === 'recording-full')).toHaveLength(1);
});
