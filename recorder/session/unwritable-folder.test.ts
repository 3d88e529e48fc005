import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemClock } from '../../service/clock.ts';
import { silentLog } from '../../service/log.ts';
import { AudioPool } from '../audio/audio-pool.ts';
import { PortRange } from '../ingest/port-range.ts';
import { MANIFEST_NAME, readManifest } from '../storage/manifest-file.ts';
import { Recordings } from '../storage/recordings.ts';
import { TranscodePool } from '../transcode/transcode-pool.ts';
import { Recorder } from './recorder.ts';
import { Recovery } from './recovery.ts';

const recordingId = '20261122T102030100Z-abcdefgh';

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'verbatim-unwritable-'));
});

afterEach(() => rm(root, { recursive: true }));

test('[FILE7] a manifest that cannot be written at Stop is completed once the disk takes it', async () => {
  const recordings = new Recordings(root);
  const [clock, log] = [systemClock, silentLog];
  const [recorderId, instanceId] = ['recorder-1', 'test'];
  const recorder = new Recorder({
    context: {
      ...{ clock, log, recordings, host: '127.0.0.1', encoder: 'test' },
      audio: new AudioPool({ log, clock }),
      transcodes: new TranscodePool({ ffmpeg: 'ffmpeg', max: 1, log, clock }),
      ports: new PortRange(30_000, 39_999),
      sfuOffsetMs: () => 0,
      onProgress: () => {},
      onManifest: () => {},
    },
    ...{ recorderId, instanceId, capacity: 1, maxRecordingMs: 3_600_000, minFreeBytes: 0 },
    onEnded: () => {},
  });
  const isRunning = (id: string) => recorder.has(id);
  const recovery = new Recovery({
    ...{ recordings, clock, log, recorderId, instanceId, isRunning },
    onRecovered: () => {},
  });
  const meeting = { meetingId: 'weekly', meetingName: 'Weekly' };
  await recorder.commands.start({
    ...{ recordingId, ...meeting, startedAtMs: Math.round(clock.nowMs()), sfuInstanceId: 'sfu' },
  });
  const folder = recordings.folder(recordingId);
  // Where the next manifest is written first.
  const inTheWay = join(folder, `${MANIFEST_NAME}.new`);
  await mkdir(inTheWay);
  await expect(recorder.commands.stop({ recordingId, reason: 'host', lastFact: 0 })).rejects.toThrow(
    'EISDIR',
  );
  expect(recorder.has(recordingId)).toBe(false);

  await recovery.run();
  expect((await readManifest(folder)).state).toBe('recording');
  await rm(inTheWay, { recursive: true });
  await recovery.run();
  expect((await readManifest(folder)).state).toBe('interrupted');
  await recovery.close();
  await recorder.close();
});
