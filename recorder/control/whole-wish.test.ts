import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { connectionOf } from '#protocol/identifiers.ts';
import type { Fact, FactBody } from '#protocol/recorder.ts';
import { systemClock } from '#service/clock.ts';
import { silentLog } from '#service/log.ts';
import { ManualClock } from '#service/testing/manual-clock.ts';
import { MANIFEST_NAME } from '#store/layout.ts';
import { Locks, thisOwner } from '#store/ownership.ts';
import { Recordings } from '../storage/recordings.ts';
import { Recovery } from './recovery.ts';
import { newRecording, openRecorder, RECORDER_ID } from './testing/open-recorder.ts';

const ALICES = ['alice-1', 'alice-2', 'alice-3'];
const EVERYBODY = [...ALICES, 'bob-1'];
const WISH: FactBody = {
  ...{ type: 'consent', connectionId: 'alice-3', others: ['alice-1', 'alice-2'] },
  ...{ consent: 'withdrawn', erase: true },
};

async function newRoot(): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'verbatim-wish-'));
  onTestFinished(() => rm(root, { recursive: true }));
  return root;
}

/** Whose files are there after a recorder died with this on disk, and another one has repaired what it left. */
async function leftAfterCrash(recordingId: string, manifest: string, halfWritten: string): Promise<string[]> {
  const root = await newRoot();
  const folder = join(root, recordingId);
  await mkdir(folder);
  await writeFile(join(folder, MANIFEST_NAME), manifest);
  if (halfWritten) await writeFile(join(folder, `${MANIFEST_NAME}.new`), halfWritten);
  for (const one of EVERYBODY) await writeFile(join(folder, `${one}-20261122T102030500Z.flv`), 'media');
  const recovery = new Recovery({
    ...{ locks: new Locks(thisOwner(RECORDER_ID, 'test')), clock: systemClock, log: silentLog },
    recordings: new Recordings(root),
    isRunning: () => false,
    onRecovered: () => undefined,
  });
  await recovery.run();
  await recovery.close();
  const names = (await readdir(folder)).filter((name) => name.endsWith('.flv'));
  return names.map((name) => connectionOf(name) ?? name).sort();
}

test('[NO2] killed at whatever write, a recorder leaves the whole wish of a person, or one that nobody was promised', async () => {
  const root = await newRoot();
  const clock = new ManualClock();
  const written: string[] = [];
  const recorder = openRecorder({
    ...{ recordings: new Recordings(root), clock },
    onManifest: (id) => written.push(readFileSync(join(root, id, MANIFEST_NAME), 'utf8')),
  });
  const params = newRecording(clock);
  const { recordingId } = params;
  await recorder.commands.start(params);
  const session = await recorder.session(recordingId);
  const told: FactBody[] = EVERYBODY.flatMap((connectionId): FactBody[] => [
    { type: 'joined', connectionId, name: connectionId, role: 'participant' },
    { type: 'consent', connectionId, consent: 'accepted' },
  ]);
  let promisedFrom = Number.POSITIVE_INFINITY;
  for (const [index, body] of [...told, WISH, { type: 'left', connectionId: 'bob-1' } as const].entries()) {
    const fact: Fact = { ...body, seq: index + 1, atMs: params.startedAtMs + index };
    // A write that is due anyway falls between whatever is told.
    const saving = session.save();
    expect(await session.takeFacts([fact])).toBe(fact.seq);
    if (body === WISH) promisedFrom = written.length - 1;
    await saving;
    await session.save();
  }
  const outcomes = await Promise.all(
    written.flatMap((manifest, index) => {
      const next = written[index + 1] ?? '';
      return [0, Math.floor(next.length / 2), next.length].map(async (bytes) => ({
        isPromised: index >= promisedFrom,
        left: await leftAfterCrash(recordingId, manifest, next.slice(0, bytes)),
      }));
    }),
  );
  const whole = ['bob-1'];
  for (const { isPromised, left } of outcomes)
    expect(isPromised ? [whole] : [whole, EVERYBODY]).toContainEqual(left);
  expect(outcomes.map(({ left }) => left)).toEqual(expect.arrayContaining([whole, EVERYBODY]));
  await recorder.close();
});
