import { type Clock, systemClock } from '#service/clock.ts';
import { silentLog } from '#service/log.ts';
import { Locks, thisOwner } from '#store/ownership.ts';
import { AudioPool } from '../../audio/audio-pool.ts';
import { KeptSounds } from '../../audio/kept-sound.ts';
import { openLibc } from '../../ingest/libc.ts';
import { socketsOf } from '../../ingest/open-sockets.ts';
import { PortRange } from '../../ingest/port-range.ts';
import type { Recordings } from '../../storage/recordings.ts';
import { Clocks } from '../../timeline/clocks.ts';
import { TranscodePool } from '../../transcode/transcode-pool.ts';
import { Recorder, type RecorderOptions } from '../recorder.ts';

export const HOUR_MS = 3_600_000;
export const RECORDER_ID = 'recorder-1';

export type Limits = Partial<Pick<RecorderOptions, 'capacity' | 'minFreeBytes'>>;

interface Settings extends Limits, Partial<Pick<RecorderOptions, 'onEnded'>> {
  recordings: Recordings;
  clock?: Clock;
  /** Without one that was started, nobody can be recorded. */
  audio?: AudioPool;
  /** Told after each write of a manifest. */
  onManifest?(recordingId: string): void;
}

const libc = await openLibc();

/** A real recorder that nobody hears of. */
export function openRecorder({
  recordings,
  clock = systemClock,
  audio = new AudioPool({ log: silentLog, clock }),
  onManifest = () => undefined,
  ...options
}: Settings): Recorder {
  const ffmpeg = process.env.FFMPEG_PATH ?? 'ffmpeg';
  return new Recorder({
    context: {
      ...{ clock, recordings, log: silentLog, encoder: 'Verbatim test' },
      transcodes: new TranscodePool({ ffmpeg, max: 1, log: silentLog, clock }),
      locks: new Locks(thisOwner(RECORDER_ID, 'test')),
      sockets: socketsOf(libc, { address: '127.0.0.1', ports: new PortRange(30_000, 39_999), clock }),
      clocks: new Clocks(
        () => clock.nowMs(),
        () => 0,
      ),
      onProgress: () => undefined,
      onManifest,
    },
    ...{ recorderId: RECORDER_ID, capacity: 10, maxRecordingMs: HOUR_MS, minFreeBytes: 0 },
    audioIn: (codec) => (codec === 'opus' ? new KeptSounds() : audio),
    awake: clock,
    onEnded: () => undefined,
    ...options,
  });
}

let nextId = 0;

/** What begins a recording that there has not been yet. */
export function newRecording(clock: Clock = systemClock) {
  nextId += 1;
  return {
    recordingId: `20261122T1020301${String(nextId).padStart(2, '0')}Z-abcdefgh`,
    meetingId: 'weekly',
    meetingName: 'Weekly',
    startedAtMs: Math.round(clock.nowMs()),
    sfuInstanceId: 'sfu',
  };
}
