import { execFile } from 'node:child_process';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { copyFile, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { queryObjects } from 'node:v8';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { connectionOf } from '../../protocol/identifiers.ts';
import type { Manifest } from '../../protocol/manifest.ts';
import { systemClock } from '../../service/clock.ts';
import { silentLog } from '../../service/log.ts';
import { AudioPool } from '../audio/audio-pool.ts';
import { PortRange } from '../ingest/port-range.ts';
import { readManifest } from '../storage/manifest-file.ts';
import { thisOwner } from '../storage/ownership.ts';
import { Recordings } from '../storage/recordings.ts';
import { TranscodePool } from '../transcode/transcode-pool.ts';
import { sendMedia, streams } from './fixtures/sent-media.ts';
import { RecordedFile } from './recorded-file.ts';
import { Recorder } from './recorder.ts';

const run = promisify(execFile);
const FFMPEG = process.env.FFMPEG_PATH ?? 'ffmpeg';

let root: string;
let audio: AudioPool;
let sfu: Socket;
let nextId = 0;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'verbatim-recorder-'));
  audio = new AudioPool({ log: silentLog, clock: systemClock });
  await audio.start();
  sfu = createSocket('udp4').bind(0, '127.0.0.1');
  await once(sfu, 'listening');
});

afterAll(async () => {
  sfu.close();
  await audio.close();
  await rm(root, { recursive: true });
});

function openRecorder(options: { capacity?: number; minFreeBytes?: number } = {}) {
  const recordings = new Recordings(root);
  return new Recorder({
    context: {
      clock: systemClock,
      log: silentLog,
      recordings,
      audio,
      transcodes: new TranscodePool({ ffmpeg: FFMPEG, max: 1, log: silentLog, clock: systemClock }),
      ports: new PortRange(30000, 39999),
      host: '127.0.0.1',
      sfuOffsetMs: () => 0,
      encoder: 'Verbatim test',
      onProgress: () => {},
      onManifest: () => {},
    },
    recorderId: 'recorder-1',
    instanceId: 'test',
    capacity: options.capacity ?? 10,
    maxRecordingMs: 3_600_000,
    minFreeBytes: options.minFreeBytes ?? 0,
    onEnded: () => {},
  });
}

function newRecording() {
  nextId += 1;
  const recordingId = `20261122T1020301${String(nextId).padStart(2, '0')}Z-abcdefgh`;
  const startedAtMs = Math.round(systemClock.nowMs());
  return { recordingId, meetingId: 'weekly', meetingName: 'Weekly', startedAtMs, sfuInstanceId: 'sfu' };
}

async function recordPerson(
  recorder: Recorder,
  kinds: ('audio' | 'video')[],
  during?: (id: string) => Promise<void>,
) {
  const params = newRecording();
  const { commands } = recorder;
  const key = { recordingId: params.recordingId, connectionId: 'alice-1' };
  await commands.start(params);
  const session = await recorder.session(params.recordingId);
  session.takeFacts([
    {
      seq: 1,
      atMs: params.startedAtMs,
      type: 'joined',
      connectionId: 'alice-1',
      name: 'Alice',
      role: 'host',
    },
  ]);
  const { endpoint } = await commands.openReceiver(key);
  await commands.connectReceiver({ ...key, from: { address: '127.0.0.1', port: sfu.address().port } });
  for (const kind of kinds) await commands.addStream({ ...key, stream: { ...streams[kind] } });
  await Promise.all([sendMedia(sfu, endpoint.port, 2, kinds), during?.(params.recordingId)]);
  const stopped = await commands.stop({ recordingId: params.recordingId, reason: 'host', lastFact: 1 });
  const manifest = await readManifest(join(root, params.recordingId));
  return { manifest, stopped, folder: join(root, params.recordingId) };
}

async function decode(path: string): Promise<{ errors: string; streams: string[] }> {
  const { stderr } = await run(FFMPEG, ['-xerror', '-v', 'error', '-i', path, '-f', 'null', '-']);
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

describe('Recorder', () => {
  test('RTP of a camera and a microphone becomes one complete file with both tracks', {
    timeout: 20_000,
  }, async () => {
    const recorder = openRecorder();
    const { folder, manifest, stopped } = await recordPerson(recorder, ['audio', 'video'], async (id) => {
      const session = await recorder.session(id);
      await vi.waitUntil(() => session.progress()[0]?.state === 'recording', { timeout: 5000 });
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

  test('[AUD8] sound that is lost with an audio worker is a gap in the manifest', {
    timeout: 20_000,
  }, async () => {
    const recorder = openRecorder();
    const { folder, manifest } = await recordPerson(recorder, ['audio'], async (id) => {
      const session = await recorder.session(id);
      await vi.waitUntil(() => (session.progress()[0]?.durationMs ?? 0) > 500, { timeout: 5000 });
      for (const pid of audio.pids) process.kill(pid, 'SIGKILL');
    });
    const file = onlyFile(manifest);
    expect(file.gaps[0]).toMatchObject({ kind: 'audio', cause: 'audio-worker-lost' });
    // The stream may have moved to the second worker before that one died, too; and a busy machine may press Stop late: then
    // the end of the media is a gap of its own.
    const others = new Set(file.gaps.slice(1).map(({ cause }) => cause));
    expect([...others].filter((cause) => cause !== 'audio-worker-lost' && cause !== 'stalled')).toEqual([]);
    expect(await decode(join(folder, file.name))).toEqual({ errors: '', streams: ['aac', 'h264'] });
    await recorder.close();
  });

  test('[P4] one device is enough: the other track is silence, or the slate', {
    timeout: 20_000,
  }, async () => {
    const recorder = openRecorder();
    for (const kinds of [['audio' as const], ['video' as const]]) {
      const { folder, manifest } = await recordPerson(recorder, kinds);
      const file = onlyFile(manifest);
      expect(await decode(join(folder, file.name))).toEqual({ errors: '', streams: ['aac', 'h264'] });
      expect(kinds[0] === 'audio' ? file.cameraOff : file.muted).toHaveLength(1);
    }
    await recorder.close();
  });

  test('commands are idempotent, and refused in words when they make no sense', async () => {
    const recorder = openRecorder({ capacity: 1 });
    const params = newRecording();
    const { commands } = recorder;
    expect(await commands.start(params)).toEqual({ lastFact: 0 });
    expect(await commands.start(params)).toEqual({ lastFact: 0 });
    const key = { recordingId: params.recordingId, connectionId: 'alice-1' };
    const first = await commands.openReceiver(key);
    expect(await commands.openReceiver(key)).toEqual(first);
    const other = commands.openReceiver({ ...key, connectionId: 'bob-1' });
    await expect(other).rejects.toMatchObject({ code: 'recorder-full' });
    const vp9 = { ...streams.video, codec: { mimeType: 'video/VP9', payloadType: 96, clockRate: 90000 } };
    await expect(commands.addStream({ ...key, stream: vp9 })).rejects.toMatchObject({
      code: 'stream-unsupported',
    });
    await expect(
      commands.stop({ ...params, recordingId: '20261122T102030999Z-zzzzzzzz', reason: 'host', lastFact: 0 }),
    ).rejects.toMatchObject({ code: 'recording-not-found' });
    const stop = { recordingId: params.recordingId, reason: 'host' as const, lastFact: 0 };
    expect(await commands.stop(stop)).toEqual({ files: [], bytes: 0 });
    expect(await commands.stop(stop)).toEqual({ files: [], bytes: 0 });
    await recorder.close();
  });

  test('a recording says what it is about, to whoever finds it', async () => {
    const recorder = openRecorder();
    const { commands } = recorder;
    const params = newRecording();
    const { recordingId, startedAtMs } = params;
    await expect(commands.describe({ recordingId })).rejects.toMatchObject({ code: 'recording-not-found' });
    await commands.start(params);
    await commands.start({ ...params, sfuInstanceId: 'its successor' });
    const person = { connectionId: 'alice-1', name: 'Alice', role: 'host' as const };
    const bodies = [
      { type: 'joined' as const, ...person },
      { type: 'joined' as const, ...person, connectionId: 'bob-1', role: 'participant' as const },
      { type: 'consent' as const, connectionId: 'bob-1', consent: 'pending' as const },
      { type: 'consent' as const, connectionId: 'bob-1', consent: 'accepted' as const },
      { type: 'left' as const, connectionId: 'bob-1' },
    ];
    const facts = bodies.map((body, index) => ({ ...body, seq: index + 1, atMs: startedAtMs }));
    (await recorder.session(recordingId)).takeFacts(facts);
    expect(await commands.describe({ recordingId })).toEqual({
      meetingId: 'weekly',
      meetingName: 'Weekly',
      startedAtMs,
      sfuInstanceId: 'its successor',
      lastFact: 5,
      people: [
        { connectionId: 'alice-1', isIn: true },
        { connectionId: 'bob-1', isIn: false, consent: 'accepted' },
      ],
    });
    await recorder.close();
  });

  test.each([
    ['at its next beat', async () => undefined],
    [
      'at a Stop that comes before',
      (recorder: Recorder, recordingId: string) =>
        recorder.commands.stop({ recordingId, reason: 'ended', lastFact: 0 }),
    ],
  ])(
    '[OWN1] a recorder whose recording was taken over lets go of it %s, and writes no more',
    {
      timeout: 20_000,
    },
    async (_, wake) => {
      const recorder = openRecorder();
      const params = newRecording();
      await recorder.commands.start(params);
      const folder = join(root, params.recordingId);
      const key = { recordingId: params.recordingId, connectionId: 'alice-1' };
      await recorder.commands.openReceiver(key);
      await recorder.commands.addStream({ ...key, stream: { ...streams.audio, paused: true } });
      const session = await recorder.session(params.recordingId);
      await vi.waitUntil(() => session.progress()[0]?.state === 'recording', { timeout: 5000 });
      await writeFile(
        join(folder, 'owner.json'),
        JSON.stringify({ ...thisOwner('recorder-2', 'other'), pid: 1 }),
      );
      const [file] = (await readdir(folder)).filter((name) => name.endsWith('.flv'));
      const before = await readFile(join(folder, file ?? ''));
      await wake(recorder, params.recordingId);
      await vi.waitUntil(() => !recorder.has(params.recordingId), { timeout: 5000 });
      const { size } = await stat(join(folder, file ?? ''));
      await recorder.close();
      const after = await readFile(join(folder, file ?? ''));
      expect(after.length).toBe(size);
      expect(after.subarray(0, before.length).equals(before)).toBe(true);
      expect((await readManifest(folder)).state).toBe('recording');
    },
  );

  test('who has left is kept as what is to be told of them, and nothing else', async () => {
    const params = newRecording();
    const { commands } = openRecorder();
    await commands.start(params);
    const before = queryObjects(RecordedFile, { format: 'count' });
    const key = { recordingId: params.recordingId, connectionId: 'alice-1' };
    const { endpoint } = await commands.openReceiver(key);
    await commands.connectReceiver({ ...key, from: { address: '127.0.0.1', port: sfu.address().port } });
    await commands.addStream({ ...key, stream: { ...streams.video } });
    await sendMedia(sfu, endpoint.port, 1, ['video']);
    expect(queryObjects(RecordedFile, { format: 'count' })).toBeGreaterThan(0);
    await commands.closeReceiver({ ...key, reason: 'left', erase: false });
    expect(queryObjects(RecordedFile, { format: 'count' })).toBeLessThanOrEqual(before);
    const { files } = await readManifest(join(root, params.recordingId));
    expect(files).toMatchObject([{ connectionId: 'alice-1', state: 'complete' }]);
    await commands.stop({ recordingId: params.recordingId, reason: 'host', lastFact: 0 });
  });

  test('a repair in the background loses nobody who leaves meanwhile, and brings back nobody who is erased', async () => {
    const recorder = openRecorder();
    const { folder, manifest } = await recordPerson(recorder, ['video']);
    const params = newRecording();
    await recorder.commands.start(params);
    const [earlier] = manifest.files;
    const leftovers = await Promise.all(
      Array.from({ length: 100 }, async (_, index) => {
        const name = `carol-${index % 2}-20261122T10203${String(index).padStart(4, '0')}Z.flv`;
        await copyFile(join(folder, earlier?.name ?? ''), join(root, params.recordingId, name));
        return name;
      }),
    );
    const session = await recorder.session(params.recordingId);
    const receiver = async (connectionId: string) => {
      const key = { recordingId: params.recordingId, connectionId };
      const { endpoint } = await recorder.commands.openReceiver(key);
      await recorder.commands.connectReceiver({
        ...key,
        from: { address: '127.0.0.1', port: sfu.address().port },
      });
      await recorder.commands.addStream({ ...key, stream: { ...streams.video } });
      return { ...endpoint, key };
    };
    const { key, port } = await receiver('alice-1');
    await sendMedia(sfu, port, 1, ['video']);
    const carol = await receiver('carol-0');
    session.repair(leftovers);
    await recorder.commands.closeReceiver({ ...key, reason: 'left', erase: false });
    await recorder.commands.closeReceiver({ ...carol.key, reason: 'withdrawn', erase: true });
    await recorder.commands.stop({ recordingId: params.recordingId, reason: 'host', lastFact: 0 });
    const { files } = await readManifest(join(root, params.recordingId));
    const onDisk = (await readdir(join(root, params.recordingId))).filter((name) => name.endsWith('.flv'));
    const counts = (id: string) => [
      files.filter(({ connectionId }) => connectionId === id).length,
      onDisk.filter((name) => connectionOf(name) === id).length,
    ];
    expect(counts('alice-1')).toEqual([1, 1]);
    expect(counts('carol-0')).toEqual([0, 0]);
    expect(counts('carol-1')).toEqual([50, 50]);
  });

  test('a nearly full disk refuses to begin', async () => {
    const recorder = openRecorder({ minFreeBytes: Number.MAX_SAFE_INTEGER });
    await expect(recorder.commands.start(newRecording())).rejects.toMatchObject({ code: 'disk-full' });
    await recorder.close();
  });
});
