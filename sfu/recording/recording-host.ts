import type { ErrorBody, Fault } from '#protocol/errors.ts';
import type { FullKind, RecorderCommandParams } from '#protocol/recorder.ts';
import type { FileProgress } from '#protocol/recording-state.ts';
import type { Clock } from '#service/clock.ts';
import type { Log } from '#service/log.ts';
import type { RecorderDirectory } from './recorder-directory.ts';
import type { RecorderPath } from './recorder-path.ts';

/** What a recording needs of its meeting, and tells it. */
export interface RecordingHost {
  /** It is on from now on: everybody is asked. */
  begin(): void;
  /** Its status is another one. */
  changed(): void;
  /** This person's way to the recorder. */
  openPath(connectionId: string): Promise<RecorderPath>;
  /** @returns gives it back. @throws Fault `network-full` */
  takePlace(connectionId: string): () => void;
  /** Where somebody who is in comes from; undefined when that has no limit of its own. */
  networkOf(connectionId: string): string | undefined;
  /** At every heartbeat of the recorder that makes it. @returns whether the light is to be lit */
  heartbeat(files: readonly FileProgress[]): boolean;
  /** The same, as the last heartbeat said, for those who are recorded now. */
  isLit(): boolean;
  /** What everybody is shown of a heartbeat beyond the light. */
  progressed(): void;
  /** Nothing is being written for anybody: the recorder is gone, hangs or does not make it any more. */
  stalled(): void;
  /** @param error why, when nobody waits for the answer */
  over(error: ErrorBody | undefined): void;
  /** Somebody, or one of their streams, cannot be recorded now. */
  failed(connectionId: string, fault: Fault): void;
  /** Everything that they send now reaches the recorder. */
  succeeded(connectionId: string): void;
  /** No more of this kind is kept. */
  full(kind: FullKind): void;
}

export interface RecordingOptions {
  start: RecorderCommandParams<'start'>;
  /** The last fact that an SFU process before this one has told; 0 for a new recording. */
  lastFact: number;
  directory: RecorderDirectory;
  clock: Clock;
  log: Log;
  host: RecordingHost;
}
