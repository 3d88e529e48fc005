import { access, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { Fault } from '#protocol/errors.ts';
import type { ExportKind } from '#protocol/http/exports.ts';
import { silentLog } from '#service/log.ts';
import { ManualClock } from '#service/testing/manual-clock.ts';
import { LocalDisk } from '#store/local-disk.ts';
import { openAppDatabase } from '../app/app-database.ts';
import { FFMPEG } from '../testing/make-flv.ts';
import { sampleFile, sampleId, sampleManifest, temporaryFolder, writeRecording } from '../testing/sample.ts';
import { runFfmpeg } from '../work/ffmpeg.ts';
import { MAX_QUEUED_OF_ONE } from './export-queue.ts';
import { Exports, LOOK_PERIOD_MS, MAX_BEGUN, TAKEN_OVER_MS } from './exports.ts';
import type { Work } from './maker.ts';

const [first, second] = [sampleFile('alice-1').name, sampleFile('bob-1').name];

/** Exports whose jobs are done when the test says so. */
async function open(atOnce = 1) {
  const root = await temporaryFolder();
  const folder = await writeRecording(root, sampleManifest(1), { [first]: 'FLV', [second]: 'FLV' });
  const clock = new ManualClock();
  const store = new LocalDisk(root, clock, silentLog);
  const database = openAppDatabase(join(root, 'app.db'));
  const works: { work: Work; finish: () => void; fail: (cause: Error) => void }[] = [];
  const maker = (work: Work) =>
    new Promise<void>((resolve, reject) => {
      work.signal.addEventListener('abort', () => reject(work.signal.reason as Error));
      works.push({ work, finish: resolve, fail: reject });
    });
  const room = async () => 1000;
  const needs = async () => 0;
  const make = ({ owner = '', by = clock } = {}) =>
    new Exports({ database, store, maker, clock: by, log: silentLog, atOnce, owner, room, needs });
  const begun = (count: number) => vi.waitFor(() => expect(works).toHaveLength(count));
  return { begun, clock, exports: make(), folder, make, works };
}

/** What somebody asks for. */
const asked = (wanted: { kind: ExportKind; file: string | undefined; name: string; asker?: string }) => ({
  recordingId: sampleId(1),
  asker: 'host of a',
  ...wanted,
});

/** An answer that nothing has ended. */
const stream = { requireOpen: () => {} };

const becomes = (exports: Exports, exportId: string, state: string) =>
  vi.waitFor(async () => expect((await exports.get(exportId)).state).toBe(state));

test('one job at a time by default, the others wait their turn', async () => {
  const { begun, exports, works } = await open();
  exports.start();
  const one = (await exports.create(asked({ kind: 'mp4', file: first, name: 'one' }), stream)).job;
  const two = (await exports.create(asked({ kind: 'mp4', file: second, name: 'two' }), stream)).job;
  await begun(1);
  const states = [one, two].map(async ({ exportId }) => (await exports.get(exportId)).state);
  expect(await Promise.all(states)).toEqual(['running', 'queued']);
  expect(await exports.load()).toEqual({ queued: 1, running: 1 });
  await writeFile(works[0]?.work.target ?? '', 'MP4');
  works[0]?.finish();
  await begun(2);
  expect(await exports.get(one.exportId)).toMatchObject({
    state: 'complete',
    bytes: 3,
    downloadName: 'one.mp4',
  });
  expect(await exports.totalBytes()).toBe(3);
  await exports.close();
});

test('progress tells how much is done, how fast, and how long it will take', async () => {
  const { begun, clock, exports, works } = await open();
  exports.start();
  const { exportId } = (await exports.create(asked({ kind: 'mp4', file: first, name: 'one' }), stream)).job;
  await begun(1);
  expect(await exports.get(exportId)).toMatchObject({ percent: 0 });
  works[0]?.work.report({ done: 0.5, speed: 2 });
  clock.advance(10_000);
  works[0]?.work.report({ done: 0.75, speed: 3 });
  // What was done before the first report, by a run before a restart, does not count as pace.
  expect(await exports.get(exportId)).toMatchObject({ percent: 75, speed: 3, leftMs: 10_000 });
  works[0]?.work.report({ done: 1.2 });
  expect((await exports.get(exportId)).percent).toBe(99.9);
  await exports.close();
});

test('a cancelled job ends at once and leaves nothing; retried, it begins anew', async () => {
  const { begun, exports, works } = await open();
  exports.start();
  const { exportId } = (await exports.create(asked({ kind: 'mp4', file: first, name: 'one' }), stream)).job;
  await begun(1);
  expect((await exports.cancelOrRemove(exportId)).state).toBe('cancelled');
  expect(works[0]?.work.signal.aborted).toBe(true);
  await expect(access(works[0]?.work.scratch ?? '')).rejects.toThrow('ENOENT');
  await exports.retry(exportId);
  await begun(2);
  works[1]?.fail(new Fault('export-failed', 'words for people'));
  await becomes(exports, exportId, 'failed');
  expect((await exports.get(exportId)).problem).toBe('words for people');
  expect((await exports.create(asked({ kind: 'mp4', file: first, name: 'one' }), stream)).job.exportId).toBe(
    exportId,
  );
  await begun(3);
  works[2]?.fail(new Error('secret details'));
  await becomes(exports, exportId, 'failed');
  expect((await exports.get(exportId)).problem).not.toContain('secret');
});

test('a job that a restart cut off goes on with what it had finished', async () => {
  const { begun, exports, make, works } = await open();
  exports.start();
  const { exportId } = (
    await exports.create(asked({ kind: 'group-mp4', file: undefined, name: 'all' }), stream)
  ).job;
  await begun(1);
  const scratch = works[0]?.work.scratch ?? '';
  await writeFile(join(scratch, 'finished part'), 'x');
  await exports.close();
  const again = make();
  again.start();
  await begun(2);
  expect(works[1]?.work.job.exportId).toBe(exportId);
  await access(join(scratch, 'finished part'));
  await writeFile(works[1]?.work.target ?? '', 'MP4');
  works[1]?.finish();
  await becomes(again, exportId, 'complete');
  await expect(access(scratch)).rejects.toThrow('ENOENT');
  await again.close();
});

test('what is deleted while it is made stays deleted', async () => {
  const { begun, exports, folder } = await open(2);
  exports.start();
  const group = (await exports.create(asked({ kind: 'group-mp4', file: undefined, name: 'all' }), stream))
    .job;
  const kept = (await exports.create(asked({ kind: 'mp4', file: second, name: 'two' }), stream)).job;
  await begun(2);
  await mkdir(join(folder, 'exports'), { recursive: true });
  await exports.removeMadeFrom(sampleId(1), [first]);
  expect((await exports.list(sampleId(1))).map(({ exportId }) => exportId)).toEqual([kept.exportId]);
  await expect(exports.get(group.exportId)).rejects.toThrow(Fault);
  await exports.close();
});

test('one asker fills neither the queue for the others, nor all of them the one for the administrator', async () => {
  const { exports } = await open();
  const ask = (asker: string, index: number) =>
    exports.create(
      asked({ kind: 'mp4', file: `p-${asker}-${index}-20261122T100000000Z.flv`, name: 'x', asker }),
      stream,
    );
  for (const asker of ['a', 'b', 'c', 'd']) {
    for (let index = 0; index < MAX_QUEUED_OF_ONE; index += 1) await ask(asker, index);
    await expect(ask(asker, MAX_QUEUED_OF_ONE)).rejects.toThrow('Too many exports');
  }
  await expect(ask('e', 0)).rejects.toThrow('Too many exports');
  expect((await ask('admin', 0)).created).toBe(true);
});

test('of two who ask at once for the same, both get one job, and nobody gets past the bound', async () => {
  const { begun, exports, works } = await open();
  exports.start();
  const ask = (name: string) => exports.create(asked({ kind: 'mp4', file: name, name: 'one' }), stream);
  const answers = await Promise.all([ask(first), ask(first), ask(first)]);
  expect(new Set(answers.map(({ job }) => job.exportId)).size).toBe(1);
  expect(answers.filter(({ created }) => created)).toHaveLength(1);
  const many = [...Array(MAX_QUEUED_OF_ONE + 5).keys()].map((index) =>
    ask(`p-${index}-20261122T100000000Z.flv`),
  );
  const refused = (await Promise.allSettled(many)).filter(({ status }) => status === 'rejected');
  expect(refused).toHaveLength(5);
  await begun(1);
  expect(works).toHaveLength(1);
  await exports.close();
});

test('a job that is cancelled as it begins is not made, and one that is retried meanwhile is', async () => {
  const { exports, works } = await open();
  exports.start();
  const made = exports.create(asked({ kind: 'mp4', file: first, name: 'one' }), stream);
  const { exportId } = (await made).job;
  const [cancelled, retried] = await Promise.all([exports.cancelOrRemove(exportId), exports.retry(exportId)]);
  expect([cancelled.state, retried.state]).toEqual(['cancelled', 'running']);
  await vi.waitFor(() => expect(works.at(-1)?.work.signal.aborted).toBe(false));
  await writeFile(works.at(-1)?.work.target ?? '', 'MP4');
  works.at(-1)?.finish();
  await becomes(exports, exportId, 'complete');
  await exports.close();
});

test('what an ended answer asked for is not made', async () => {
  const { exports } = await open();
  const ended = {
    requireOpen: () => {
      throw new Fault('recording-not-found');
    },
  };
  await expect(exports.create(asked({ kind: 'mp4', file: first, name: 'one' }), ended)).rejects.toThrow(
    Fault,
  );
  expect(await exports.list(sampleId(1))).toEqual([]);
});

test('askers take turns, and a copy waits for no drawing', async () => {
  const { exports, works } = await open();
  const order: string[] = [];
  const ask = (asker: string, kind: ExportKind, name: string) =>
    exports.create(
      asked({ kind, file: kind === 'mp4' ? `${name}-20261122T100000000Z.flv` : undefined, name, asker }),
      stream,
    );
  await ask('a', 'group-mp4', 'all');
  for (const name of ['a1', 'a2', 'a3']) await ask('a', 'mp4', name);
  await ask('b', 'mp4', 'b1');
  await ask('c', 'mp4', 'c1');
  exports.start();
  for (let index = 0; index < 6; index += 1) {
    await vi.waitFor(() => expect(works.length).toBeGreaterThan(index), 20_000);
    const { finish, work } = works[index] ?? {};
    order.push(work?.job.downloadName ?? '');
    if (work?.job.kind === 'group-mp4') continue;
    await writeFile(work?.target ?? '', 'MP4');
    finish?.();
  }
  expect(order.filter((name) => name !== 'all.mp4')).toEqual([
    'a1.mp4',
    'b1.mp4',
    'c1.mp4',
    'a2.mp4',
    'a3.mp4',
  ]);
  expect(order.slice(0, 2)).toContain('all.mp4');
  await exports.close();
});

test('a job during which the process died again and again is not begun for ever', async () => {
  const { begun, exports, make } = await open();
  exports.start();
  const { exportId } = (await exports.create(asked({ kind: 'mp4', file: first, name: 'one' }), stream)).job;
  await begun(1);
  // Each of these finds it as a process leaves it that was not asked to stop.
  for (let deaths = 1; deaths < MAX_BEGUN; deaths += 1) {
    const next = make();
    next.start();
    await begun(deaths + 1);
  }
  const last = make();
  last.start();
  await becomes(last, exportId, 'failed');
  await last.retry(exportId);
  await begun(MAX_BEGUN + 1);
});

test('an archive leaves the jobs of another alone as long as that is at work, and then takes them over', async () => {
  const { begun, clock, make, works } = await open();
  const others = new ManualClock();
  const [one, two] = [make({ owner: 'one', by: others }), make({ owner: 'two' })];
  one.start();
  const { exportId } = (await one.create(asked({ kind: 'mp4', file: first, name: 'one' }), stream)).job;
  await begun(1);
  two.start();
  for (let look = 0; look < (2 * TAKEN_OVER_MS) / LOOK_PERIOD_MS; look += 1) {
    others.advance(LOOK_PERIOD_MS);
    clock.advance(LOOK_PERIOD_MS);
    await two.list(sampleId(1));
  }
  expect(works).toHaveLength(1);
  // The other one hangs, and comes to itself when it is too late.
  await vi.waitFor(() => {
    clock.advance(LOOK_PERIOD_MS);
    expect(works).toHaveLength(2);
  });
  await writeFile(works[1]?.work.target ?? '', 'MP4');
  works[1]?.finish();
  await becomes(two, exportId, 'complete');
  others.advance(LOOK_PERIOD_MS);
  await vi.waitFor(() => expect(works[0]?.work.signal.aborted).toBe(true));
  expect(await two.get(exportId)).toMatchObject({ state: 'complete', bytes: 3 });
  await one.close();
  await two.close();
});

test('what is cancelled at one archive ends at the other', async () => {
  const { begun, clock, make, works } = await open();
  const [one, two] = [make({ owner: 'one' }), make({ owner: 'two', by: new ManualClock() })];
  one.start();
  const { exportId } = (await one.create(asked({ kind: 'mp4', file: first, name: 'one' }), stream)).job;
  await begun(1);
  expect((await two.cancelOrRemove(exportId)).state).toBe('cancelled');
  clock.advance(LOOK_PERIOD_MS);
  await vi.waitFor(() => expect(works[0]?.work.signal.aborted).toBe(true));
  expect((await one.get(exportId)).state).toBe('cancelled');
  await one.close();
});

const LIMITS = { cpuSeconds: 60, memoryBytes: 1024 ** 3, fileBytes: 0 };

test('ffmpeg ends when it is told to, and failures come in its words without paths', async () => {
  const controller = new AbortController();
  const endless = ['-re', '-f', 'lavfi', '-i', 'testsrc', '-f', 'null', '-'];
  const running = runFfmpeg(FFMPEG, endless, {
    limits: LIMITS,
    signal: controller.signal,
    onProgress: () => controller.abort(new Error('enough')),
  });
  await expect(running).rejects.toThrow('enough');
  const { signal } = new AbortController();
  const failing = runFfmpeg(FFMPEG, ['-i', '/some/secret/place/x.flv', '-f', 'null', '-'], {
    limits: LIMITS,
    signal,
  });
  await expect(failing).rejects.toThrow(/^ffmpeg ended with \d+: (?!.*secret).*x\.flv: No such file/s);
  await expect(runFfmpeg('/no/ffmpeg', [], { limits: LIMITS, signal })).rejects.toMatchObject({
    code: 'ffmpeg-broken',
  });
});

test('ffmpeg that takes more than it may is ended, and that is a failure like any other', async () => {
  const { signal } = new AbortController();
  const endless = ['-f', 'lavfi', '-i', 'testsrc', '-f', 'null', '-'];
  const running = runFfmpeg(FFMPEG, endless, { limits: { ...LIMITS, cpuSeconds: 1 }, signal });
  await expect(running).rejects.toThrow(/^ffmpeg ended with SIG(KILL|XCPU)/);
});

test('an export of what somebody removed from the disk brings nothing back', async () => {
  const { begun, exports, folder, works } = await open();
  exports.start();
  const { exportId } = (await exports.create(asked({ kind: 'mp4', file: first, name: 'one' }), stream)).job;
  await begun(1);
  await writeFile(works[0]?.work.target ?? '', 'MP4');
  await rm(join(folder, first));
  works[0]?.finish();
  await becomes(exports, exportId, 'failed');
  await vi.waitFor(async () => expect(await readdir(join(folder, 'exports'))).toEqual([]));
  await rm(folder, { recursive: true });
  await exports.retry(exportId);
  await vi.waitFor(async () => expect(await exports.list(sampleId(1))).toEqual([]));
  await expect(access(folder)).rejects.toThrow('ENOENT');
  await exports.close();
});
