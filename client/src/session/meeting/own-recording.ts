import type { ErrorCode } from '#protocol/errors.ts';
import type { MeetingSnapshot } from './meeting-state.ts';

/**
 * What this person's page says of them being recorded. `recorded` only while the recorder confirms bytes of theirs on
 * disk [D8]; `sound-only`: their picture waits to be converted; `picture-unsupported`: it is larger than what is
 * recorded; `no-media`: they have agreed, and send nothing that could be recorded; `too-fast`: they send too much;
 * `sound-too-fast`: a part of their sound is left out.
 */
export type OwnRecordingView =
  | 'recorded'
  | 'sound-only'
  | 'picture-unsupported'
  | 'sound-too-fast'
  | 'not-recorded'
  | 'no-media'
  | 'soon'
  | 'stalled'
  | 'too-fast'
  | 'failed';

/** @returns undefined while there is no recording, or nothing is known of it */
export function ownRecordingOf(snapshot: MeetingSnapshot, isSending: boolean): OwnRecordingView | undefined {
  const { connection, consent, recording, room, self } = snapshot;
  if (recording.status === 'off' || !self || connection.status !== 'connected') return undefined;
  if (consent !== 'accepted') return 'not-recorded';
  if (recording.status === 'lost' || recording.status === 'stopping') return 'not-recorded';
  switch (room.ownRecording?.state) {
    case 'recording':
      // Everybody's light goes first.
      if (recording.status !== 'recording') return 'soon';
      return viewOfProblem(room.ownRecording.problem) ?? 'recorded';
    case 'stalled':
      return isOurs(room.ownRecording.problem) ? 'failed' : 'stalled';
    case 'failed':
      return room.ownRecording.problem === 'file-too-fast' ? 'too-fast' : 'failed';
    case 'declined':
    case 'asked':
      return 'not-recorded';
    default:
      return isSending ? 'soon' : 'no-media';
  }
}

/** What of them is left out while the rest is recorded. */
function viewOfProblem(problem: ErrorCode | undefined): OwnRecordingView | undefined {
  if (problem === 'transcodes-full') return 'sound-only';
  return problem === 'picture-unsupported' || problem === 'sound-too-fast' ? problem : undefined;
}

/** Nothing is recorded although their media come. */
function isOurs(problem: ErrorCode | undefined): boolean {
  return problem === 'disk-stalled' || problem === 'sound-behind';
}
