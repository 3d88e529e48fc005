import type { RecordingState } from '#protocol/recording-state.ts';
import type { MeetingSnapshot } from './meeting-state.ts';
import { viewOf } from './recording-view.ts';

/** What a new state of the recording changes, and what is to be told of it. */
export function recordingChange(
  before: MeetingSnapshot,
  state: RecordingState,
  nowMs: number,
): {
  isOver: boolean;
  change: Partial<MeetingSnapshot>;
  tell: 'recording-started' | 'recording-stopped' | undefined;
} {
  const { phase, recording: was, self } = before;
  const isOver = was.status !== 'off' && state.status === 'off';
  const wasDue = was.status === 'starting' || was.status === 'waiting';
  const hasStarted = wasDue && state.status === 'recording';
  const kind = hasStarted ? 'recording-started' : isOver ? 'recording-stopped' : undefined;
  return {
    isOver,
    change: {
      recording: viewOf(state, nowMs),
      ...(isOver && { progress: [], consent: undefined }),
      ...(isOver && self?.role === 'host' && { finishedRecordingId: was.recordingId }),
    },
    tell: phase.name === 'joined' ? kind : undefined,
  };
}
