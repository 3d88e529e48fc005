import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { layOut } from '#archive/exports/group/layout.ts';
import { type ExportJob, exportJobSchema } from '#protocol/http/exports.ts';
import { recordingResultSchema } from '#protocol/http/recordings.ts';
import { createShareResultSchema, sharedRecordingSchema } from '#protocol/http/shares.ts';
import type { Manifest } from '#protocol/manifest.ts';
import { systemClock } from '#service/clock.ts';
import {
  readPicture,
  SAMPLE_HEIGHT,
  SAMPLE_WIDTH,
  type Sighting,
} from './testing/participant-media/owner-code.ts';
import type { Person } from './testing/person.ts';
import { strangePictures, watch } from './testing/recording-inspection/picture.ts';
import { FFMPEG, FFPROBE, output, UNZIP } from './testing/recording-inspection/programs.ts';
import { listen } from './testing/recording-inspection/sound.ts';
import { untilRecording } from './testing/recordings-on-disk.ts';
import { runSystem } from './testing/run-system.ts';
import { ADMIN_PASSWORD } from './testing/system.ts';
import { until } from './testing/wait.ts';

const CAMERA = { width: 320, height: 240, framesPerSecond: 15 };
/** Everybody's tone is at least so loud in a mix of two. */
const HEARD = 0.02;
const ALICE = 0;
const BOB = 1;

const running = runSystem();
let folder: string;
let alice: Person;
let bob: Person;
let cookie: string;
let manifest: Manifest;
let meetingId: string;

/** A meeting of two, recorded from its beginning; Bob comes a little later. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'verbatim-e2e-'));
  alice = await running.arrive('Alice', { owner: ALICE, camera: CAMERA, microphone: true });
  bob = await running.arrive('Bob', { owner: BOB, camera: CAMERA, microphone: true });
  const link = await alice.createMeeting(running.url, 'Weekly');
  meetingId = link.split('/').at(-1) ?? '';
  await alice.askToJoin();
  await alice.isIn();
  await alice.button('Start recording').click();
  await alice.light.waitFor();
  await bob.page.goto(link);
  await bob.askToJoin();
  await bob.answer('Accept');
  await bob.isIn();
  // A manifest tells lengths only at the end, so it is the clock that says when there is enough.
  const longEnough = ({ files, startedAtMs }: Manifest) =>
    files.some(
      ({ personName, startOffsetMs }) =>
        personName === 'Bob' && systemClock.nowMs() > startedAtMs + startOffsetMs + 4500,
    );
  await untilRecording('four seconds of Bob', running.system.recordingsDir, 0, longEnough);
  await alice.button('Stop recording').click();
  const complete = ({ state }: Manifest) => state === 'complete';
  ({ manifest } = await untilRecording('it is complete', running.system.recordingsDir, 0, complete));
  const answer = await ask('POST', '/api/session', { password: ADMIN_PASSWORD });
  cookie = answer.headers.getSetCookie()[0]?.split(';')[0] ?? '';
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

const ask = (
  method: string,
  path: string,
  body?: object,
  headers: Record<string, string> = cookie ? { cookie } : {},
) =>
  fetch(`${running.url}${path}`, {
    method,
    headers: { ...headers, ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
  });

const recording = () => `/api/recordings/${manifest.recordingId}`;
const fileOf = (name: string) => {
  const file = manifest.files.find(({ personName }) => personName === name);
  if (!file) throw new Error(`nothing of ${name}`);
  return file;
};

async function save(path: string, name: string): Promise<string> {
  const answer = await ask('GET', path);
  expect(answer.status).toBe(200);
  const target = join(folder, name);
  await writeFile(target, Buffer.from(await answer.arrayBuffer()));
  return target;
}

async function exported(body: object): Promise<ExportJob> {
  const made = exportJobSchema.parse(await (await ask('POST', `${recording()}/exports`, body)).json());
  return until(
    'the export is over',
    async () => {
      const job = exportJobSchema.parse(await (await ask('GET', `/api/exports/${made.exportId}`)).json());
      if (job.state === 'failed') throw new Error(job.problem);
      return job.state === 'complete' && job;
    },
    60_000,
    200,
  );
}

test('every file gets its sum soon after Stop, and is downloaded byte for byte', async () => {
  const sums = await until(
    'all sums',
    async () => {
      const details = recordingResultSchema.parse(await (await ask('GET', recording())).json());
      const all = details.manifest.files.map(({ name, sha256 }) => [name, sha256] as const);
      return all.every(([, sha256]) => sha256 !== undefined) && all;
    },
    30_000,
  );
  expect(sums).toHaveLength(2);
  for (const [name, sha256] of sums) {
    const bytes = Buffer.from(await (await ask('GET', `${recording()}/files/${name}`)).arrayBuffer());
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(sha256);
  }
});

test('the ZIP is whole and its sums are right', async () => {
  const zip = await save(`${recording()}/zip`, 'all.zip');
  await output(UNZIP, ['-t', zip]);
  await output(UNZIP, ['-q', zip, '-d', join(folder, 'all')]);
  await output('sh', ['-c', `cd '${join(folder, 'all')}' && sha256sum --strict -c SHA256SUMS`]);
});

test('an MP4 has the streams of its file, and only its person', async () => {
  const { exportId } = await exported({ kind: 'mp4', file: fileOf('Bob').name });
  const path = await save(`/api/exports/${exportId}/file`, 'bob.mp4');
  const pictures = await watch(path);
  expect(strangePictures(pictures, BOB)).toEqual([]);
  expect(pictures.filter(({ sighting }) => sighting.kind === 'owner').length).toBeGreaterThan(10);
});

/** Who is seen in a part of the picture at some moment. */
async function seen(
  path: string,
  atSeconds: number,
  box: { x: number; y: number; width: number; height: number },
): Promise<Sighting> {
  // The camera's picture is 4:3 and stands in the middle of its place.
  const width = Math.round((box.height * CAMERA.width) / CAMERA.height);
  const crop = `crop=${width}:${box.height}:${box.x + (box.width - width) / 2}:${box.y}`;
  const filter = `${crop},scale=${SAMPLE_WIDTH}:${SAMPLE_HEIGHT}:flags=area,format=gray`;
  const raw = await output(FFMPEG, [
    '-v',
    'error',
    '-ss',
    `${atSeconds}`,
    '-i',
    path,
    '-vf',
    filter,
    '-frames:v',
    '1',
    '-f',
    'rawvideo',
    '-',
  ]);
  return readPicture(raw);
}

test('the group MP4 shows everyone in their place, and both are heard, in time', async () => {
  const { exportId } = await exported({ kind: 'group-mp4' });
  const path = await save(`/api/exports/${exportId}/file`, 'group.mp4');
  const duration = Number(
    await output(FFPROBE, ['-v', 'error', '-show_entries', 'format=duration', '-of', 'csv=p=0', path]),
  );
  const ends = manifest.files.map((file) => file.startOffsetMs + file.durationMs);
  expect(Math.abs(duration - Math.max(...ends) / 1000)).toBeLessThan(0.1);

  const [alone] = layOut(1, false).tiles;
  const [left, right] = layOut(2, false).tiles;
  if (!alone || !left || !right) throw new Error('no places');
  const bobFrom = fileOf('Bob').startOffsetMs / 1000;
  expect(await seen(path, bobFrom - 0.5, alone.picture)).toMatchObject({ kind: 'owner', owner: ALICE });
  expect(await seen(path, bobFrom + 3, left.picture)).toMatchObject({ kind: 'owner', owner: ALICE });
  expect(await seen(path, bobFrom + 3, right.picture)).toMatchObject({ kind: 'owner', owner: BOB });

  const sounds = await listen(path);
  const loudest = (owner: number, fromMs: number, toMs: number) =>
    Math.max(
      ...sounds
        .filter((one) => one.fromMs >= fromMs && one.fromMs < toMs)
        .map(({ tones }) => tones[owner] ?? 0),
    );
  expect(loudest(BOB, 0, bobFrom * 1000 - 200)).toBeLessThan(HEARD / 2);
  const [both, together] = [bobFrom * 1000 + 1000, bobFrom * 1000 + 4000];
  expect(loudest(ALICE, both, together)).toBeGreaterThan(HEARD);
  expect(loudest(BOB, both, together)).toBeGreaterThan(HEARD);
});

test('the host reads the recordings of their meeting, the others do not', async () => {
  const listed = (person: Person) =>
    person.page.evaluate(async (path) => (await fetch(path)).status, `/api/meetings/${meetingId}/recordings`);
  expect([await listed(alice), await listed(bob)]).toEqual([200, 401]);
});

test('a link works without an account until it is revoked', async () => {
  const body = { expiresInHours: 1, file: fileOf('Bob').name };
  const made = createShareResultSchema.parse(await (await ask('POST', `${recording()}/shares`, body)).json());
  const shared = `/api/shared/${made.token}`;
  const opened = sharedRecordingSchema.parse(await (await ask('POST', shared, {}, {})).json());
  expect(opened.manifest.files.map(({ personName }) => personName)).toEqual(['Bob']);
  const thumbnail = await ask('GET', `${shared}/files/${body.file}/thumbnail`, undefined, {});
  expect(thumbnail.headers.get('content-type')).toBe('image/jpeg');
  await ask('DELETE', `${recording()}/shares/${made.share.shareId}`);
  expect((await ask('GET', shared, undefined, {})).status).toBe(410);
});

test('deleted is deleted', async () => {
  expect((await ask('DELETE', recording())).status).toBe(200);
  expect((await ask('GET', recording())).status).toBe(404);
});
