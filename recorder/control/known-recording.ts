import type { RecordingSession } from './recording-session.ts';

/** A recording goes on for so long after its SFU is gone, then it is completed as interrupted. */
export const SFU_LOST_TIMEOUT_MS = 30_000;

/** How far it is. It is known, and answers, until its files are complete. */
type RecordingState =
  | { is: 'opening' }
  | { is: 'running'; session: RecordingSession }
  /** By itself: nothing more is recorded, its files are being completed. One that was stopped runs up to its end. */
  | { is: 'ending'; session: RecordingSession };

/** A recording of this process, from its `start` on. */
export interface KnownRecording {
  readonly opened: Promise<RecordingSession>;
  state: RecordingState;
  /** The SFU process that started it, or took it up. */
  startedBy: string | undefined;
  /** Since when its SFU is gone, up to its next `start`; of the time in which we ran. */
  sfuLostAtMs: number | undefined;
}

/** Why it is to end by itself now; undefined while it may go on. */
export function dueEnd(
  { sfuLostAtMs, startedAtMs }: Pick<KnownRecording, 'sfuLostAtMs'> & { startedAtMs: number },
  now: { sfuMs: number; awakeMs: number },
  maxRecordingMs: number,
): 'limit' | 'sfu-lost' | undefined {
  if (now.sfuMs - startedAtMs >= maxRecordingMs) return 'limit';
  const isLost = sfuLostAtMs !== undefined && now.awakeMs - sfuLostAtMs >= SFU_LOST_TIMEOUT_MS;
  return isLost ? 'sfu-lost' : undefined;
}
