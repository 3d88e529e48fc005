import type { RecordingState } from '#protocol/recording-state.ts';

/** The recording as this page shows it: the running time counts from an instant of this page's own clock. */
export type RecordingView =
  | Exclude<RecordingState, { status: 'recording' }>
  | { status: 'recording'; recordingId: string; sinceMs: number };

/** The server's clock and ours differ, so what is sent is an elapsed time. */
export function viewOf(state: RecordingState, nowMs: number): RecordingView {
  if (state.status !== 'recording') return state;
  return { status: 'recording', recordingId: state.recordingId, sinceMs: nowMs - state.elapsedMs };
}
