import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ExportJob, exportJobSchema, type FileExportKind } from '#protocol/http/exports.ts';
import type { Manifest } from '#protocol/manifest.ts';
import { systemClock } from '#service/clock.ts';
import type { Person } from './testing/person.ts';
import { untilPlaysBeyond } from './testing/playing-video.ts';
import { decodingFaults, flvmetaErrors, probe } from './testing/recording-inspection/decoding.ts';
import { readFlvFile, tagFaults } from './testing/recording-inspection/flv-tags.ts';
import { listen, missingTone, strangeTones } from './testing/recording-inspection/sound.ts';
import { untilRecording } from './testing/recordings-on-disk.ts';
import { runSystem } from './testing/run-system.ts';
import { ADMIN_PASSWORD, startSystem } from './testing/system.ts';
import { until } from './testing/wait.ts';

const OWNER = 3;
const CAMERA = { width: 320, height: 240, framesPerSecond: 15 };
const LENGTH_MS = 6000;

const running = runSystem(() => startSystem({ AUDIO: 'opus' }));
let folder: string;
let eve: Person;
let manifest: Manifest;
let cookie: string;

const file = () => {
  const [only] = manifest.files;
  if (!only) throw new Error('nothing was recorded');
  return only;
};
const api = () => `${running.url}/api/recordings/${manifest.recordingId}`;
const post = (url: string, body: object) =>
  fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', cookie },
    body: JSON.stringify(body),
  });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'verbatim-e2e-'));
  cookie = '';
  eve = await running.arrive('Eve', { owner: OWNER, camera: CAMERA, microphone: true });
  await eve.createMeeting(running.url, 'Kept');
  await eve.askToJoin();
  await eve.isIn();
  await eve.button('Start recording').click();
  await eve.light.waitFor();
  const isLongEnough = ({ startedAtMs }: Manifest) => systemClock.nowMs() > startedAtMs + LENGTH_MS;
  await untilRecording('some seconds', running.system.recordingsDir, 0, isLongEnough);
  await eve.button('Stop recording').click();
  const isComplete = ({ state }: Manifest) => state === 'complete';
  ({ manifest } = await untilRecording('it is complete', running.system.recordingsDir, 0, isComplete));
  const answer = await post(`${running.url}/api/session`, { password: ADMIN_PASSWORD });
  cookie = answer.headers.getSetCookie()[0]?.split(';')[0] ?? '';
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function made(body: object, name: string): Promise<string> {
  const { exportId } = exportJobSchema.parse(await (await post(`${api()}/exports`, body)).json());
  const url = `${running.url}/api/exports/${exportId}`;
  await until('the export is over', async (): Promise<ExportJob | false> => {
    const job = exportJobSchema.parse(await (await fetch(url, { headers: { cookie } })).json());
    if (job.state === 'failed') throw new Error(job.problem);
    return job.state === 'complete' && job;
  });
  const path = join(folder, name);
  const answer = await fetch(`${url}/file`, { headers: { cookie } });
  expect(answer.status).toBe(200);
  await writeFile(path, Buffer.from(await answer.arrayBuffer()));
  return path;
}

const makeOf = (kind: FileExportKind, name: string) => made({ kind, file: file().name }, name);

/** Eve's tone, and nobody else's, to the end; nothing that a decoder complains of. */
async function expectHeard(path: string): Promise<void> {
  expect(await decodingFaults(path)).toEqual([]);
  const tones = await listen(path);
  expect(strangeTones(tones, OWNER)).toEqual([]);
  expect(missingTone(tones, OWNER, { fromMs: 1000, toMs: file().durationMs - 500 })).toEqual([]);
}

test('[KEEP1] a real browser’s sound is in the file as it came: packets of 20 ms, one behind another', async () => {
  expect(file().audio).toEqual({ codec: 'opus', sampleRate: 48_000, channels: 1 });
  const path = join(running.system.recordingsDir, manifest.recordingId, file().name);
  expect(await flvmetaErrors(path)).toEqual([]);
  const read = await readFlvFile(path);
  expect(tagFaults(read)).toEqual([]);
  const { tags } = read;
  const bytes = await readFile(path);
  const sounds = tags.filter(({ offset, type }) => type === 'audio' && bytes[offset + 11] === 0x91);
  expect(sounds.map(({ timestampMs }) => timestampMs)).toEqual(sounds.map((_, index) => index * 20));
  expect(sounds.length).toBeGreaterThan((LENGTH_MS - 1000) / 20);
});

test('MP4 and M4A carry it as it is, or as AAC; an FLV for every player has AAC, and the same pictures', async () => {
  const kept = await makeOf('mp4', 'kept.mp4');
  expect((await probe(kept)).audio).toEqual({ codec: 'opus', sampleRate: 48_000, channels: 1 });
  await expectHeard(kept);
  for (const [kind, name] of [
    ['flv-aac', 'made.flv'],
    ['mp4-aac', 'made.mp4'],
    ['audio-aac', 'made.m4a'],
  ] as const) {
    const path = await makeOf(kind, name);
    const { audio, durationMs, video } = await probe(path);
    expect(audio?.codec).toBe('aac');
    expect(video?.codec).toBe(kind === 'audio-aac' ? undefined : 'h264');
    expect(Math.abs(durationMs - file().durationMs)).toBeLessThan(100);
    await expectHeard(path);
  }
  expect(await flvmetaErrors(join(folder, 'made.flv'))).toEqual([]);
});

test('everyone in one picture is heard, too', async () => {
  const tones = await listen(await made({ kind: 'group-mp4' }, 'group.mp4'));
  expect(missingTone(tones, OWNER, { fromMs: 1500, toMs: file().durationMs - 500 })).toEqual([]);
});

test('the archive’s page plays it, sound and picture, and says which players do not', async () => {
  const { page, troubles } = await running.openPage();
  const button = (name: string | RegExp) =>
    page.getByRole('button', { name, exact: typeof name === 'string' }).first();
  await page.goto(`${running.url}/admin`);
  await page.getByRole('textbox', { name: 'Admin password' }).fill(ADMIN_PASSWORD);
  await button('Sign in').click();
  await page.getByRole('link', { name: 'Kept' }).first().click();
  await button('Play').click();
  const video = page.locator('video').first();
  await untilPlaysBeyond(video, 2);
  const sound = await video.evaluate(
    (element) =>
      (element as HTMLVideoElement & { webkitAudioDecodedByteCount: number }).webkitAudioDecodedByteCount,
  );
  expect(sound).toBeGreaterThan(100);
  await page.getByText('as it was sent').first().waitFor();
  await button(/FLV for every player$/).waitFor();
  expect(troubles()).toEqual([]);
});
