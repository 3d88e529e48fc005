import type { AudioCodec, VideoCodec } from '#protocol/people.ts';
import type { KeptDoors } from '#protocol/recorder.ts';
import type { RequestResult } from '#protocol/signalling.ts';
import type { Clock } from '#service/clock.ts';
import type { Log } from '#service/log.ts';
import type { Places } from '#service/places.ts';
import type { PlainOptions } from '../media/recorder-transport.ts';
import type { WorkerPool } from '../media/worker-pool.ts';
import type { RecorderDirectory } from '../recording/recorder-directory.ts';
import type { Capacity } from './capacity.ts';
import type { RecordRight } from './record-right.ts';

/** A lost socket is waited for this long: transports, role and recording stay (docs/architecture.md). */
export const GRACE_MS = 30_000;

/** What one meeting begins with. */
export interface MeetingDescription {
  meetingId: string;
  meetingName: string;
  videoCodec: VideoCodec;
  /** How its sound is recorded; undefined for the recorder's own choice. */
  audioCodec?: AudioCodec | undefined;
  /** As the last one left it, when it was empty for a while. */
  doors?: KeptDoors | undefined;
}

/** What every meeting of this process uses. */
export interface MeetingContext {
  pool: WorkerPool;
  plain: PlainOptions;
  directory: RecorderDirectory;
  capacity: Capacity;
  recordRight: RecordRight;
  /** Ways to recorders that are kept ready. */
  standbyPlaces: Places;
  clock: Clock;
  log: Log;
  iceServers: RequestResult<'hello'>['iceServers'];
  /** What a meeting prefers whose first token says nothing. */
  videoCodec: VideoCodec;
  maxPeople: number;
  /** The recorder ends a recording after this long. */
  maxRecordingMs: number;
  /** Made anew by each process. */
  sfuInstanceId: string;
}
