import { execFile } from 'node:child_process';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Manifest } from '#protocol/manifest.ts';
import { decodingArguments } from '#scripts/testing/decoding-arguments.ts';
import { newRecording } from '../control/testing/open-recorder.ts';
import { RecordingPlace } from '../control/testing/recording-place.ts';

const run = promisify(execFile);
const FFMPEG = process.env.FFMPEG_PATH ?? 'ffmpeg';

let place: RecordingPlace;
beforeAll(async () => {
  place = await RecordingPlace.open();
});
afterAll(() => place.close());

async function decode(path: string): Promise<{ errors: string; streams: string[] }> {
  const { stderr } = await run(FFMPEG, decodingArguments(path));
  const probe = await run(FFMPEG.replace(/ffmpeg$/, 'ffprobe'), [
    '-v',
    'error',
    '-show_entries',
    'stream=codec_name',
    '-of',
    'csv=p=0',
    path,
  ]);
  return { errors: stderr, streams: probe.stdout.trim().split('\n').sort() };
}

function onlyFile(manifest: Manifest) {
  const [file, ...others] = manifest.files;
  expect(others).toEqual([]);
  if (!file) throw new Error('no file was recorded');
  return file;
}

test('RTP of a camera and a microphone becomes one complete file with both tracks', async () => {
  const recorder = place.openRecorder();
  const { folder, manifest, stopped } = await place.recordAlice(recorder, ['audio', 'video'], async (id) => {
    const session = await recorder.session(id);
    await vi.waitUntil(() => session.progress()[0]?.state === 'recording');
  });
  const file = onlyFile(manifest);
  expect(manifest.state).toBe('complete');
  expect(stopped.files).toEqual([file.name]);
  expect(file).toMatchObject({
    state: 'complete',
    personName: 'Alice',
    resolutions: [{ width: 320, height: 240 }],
  });
  expect(file.bytes).toBe((await stat(join(folder, file.name))).size);
  expect(file.durationMs).toBeGreaterThan(1700);
  expect(file.muted).toEqual([]);
  expect(await decode(join(folder, file.name))).toEqual({ errors: '', streams: ['aac', 'h264'] });
  expect(await readdir(folder)).toEqual([file.name, 'manifest.json']);
  await recorder.close();
});

test('[AUD8] sound that is lost with an audio worker is a gap in the manifest', async () => {
  const recorder = place.openRecorder();
  const { folder, manifest } = await place.recordAlice(recorder, ['audio'], async (id) => {
    const session = await recorder.session(id);
    await vi.waitUntil(() => (session.progress()[0]?.durationMs ?? 0) > 500);
    for (const pid of place.audio.pids) process.kill(pid, 'SIGKILL');
  });
  const file = onlyFile(manifest);
  expect(file.gaps[0]).toMatchObject({ kind: 'audio', cause: 'audio-worker-lost' });
  // The stream may have moved to the second worker before that one died, too; and a busy machine may press Stop late: then
  // the end of the media is a gap of its own, or what a new worker still owes is.
  const others = new Set(file.gaps.slice(1).map(({ cause }) => cause));
  const usual = ['audio-worker-lost', 'audio-worker-slow', 'starting', 'keyframe', 'stalled'];
  expect([...others].filter((cause) => !usual.includes(cause))).toEqual([]);
  expect(await decode(join(folder, file.name))).toEqual({ errors: '', streams: ['aac', 'h264'] });
  await recorder.close();
});

test('[LIGHT1] nobody is said to be recorded before their media come, and again once they stop', async () => {
  const recorder = place.openRecorder();
  const params = newRecording();
  const { recordingId } = params;
  await recorder.commands.start(params);
  const session = await recorder.session(recordingId);
  const port = await place.receive(recorder, recordingId, 'alice-1', ['audio', 'video']);
  const seen: string[] = [];
  const untilState = (state: string) =>
    vi.waitUntil(
      () => {
        const now = session.progress()[0];
        if (now && now.state !== seen.at(-1)) seen.push(now.state);
        return now?.state === state;
      },
      { interval: 20 },
    );
  await untilState('stalled');
  expect(session.progress()[0]).toMatchObject({ bytes: 0 });
  await Promise.all([place.send(port, 1, ['audio', 'video']), untilState('recording')]);
  await untilState('stalled');
  // Between the first packet and the first byte on disk it waits again.
  expect(seen.filter((state) => state !== 'waiting')).toEqual(['stalled', 'recording', 'stalled']);
  const stopped = await recorder.commands.stop({ recordingId, reason: 'host', lastFact: 0 });
  expect(stopped.files).toHaveLength(1);
  await recorder.close();
});

test('[P4] one device is enough: the other track is silence, or the slate', async () => {
  const recorder = place.openRecorder();
  for (const kinds of [['audio' as const], ['video' as const]]) {
    const { folder, manifest } = await place.recordAlice(recorder, kinds);
    const file = onlyFile(manifest);
    expect(await decode(join(folder, file.name))).toEqual({ errors: '', streams: ['aac', 'h264'] });
    expect(kinds[0] === 'audio' ? file.cameraOff : file.muted).toHaveLength(1);
  }
  await recorder.close();
});
