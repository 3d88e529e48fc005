import type { RecordingSummary } from '#protocol/http/recordings.ts';
import type { Manifest } from '#protocol/manifest.ts';
import { instantIn } from '#store/layout.ts';

/** What lists show of a recording. */
export function summarize(manifest: Manifest): RecordingSummary {
  const ends = manifest.files.map((file) => file.startOffsetMs + file.durationMs);
  const stopped = manifest.stoppedAtMs;
  return {
    recordingId: manifest.recordingId,
    meetingId: manifest.meeting.id,
    meetingName: manifest.meeting.name,
    state: manifest.state,
    startedAtMs: manifest.startedAtMs,
    durationMs: Math.max(0, stopped === undefined ? Math.max(0, ...ends) : stopped - manifest.startedAtMs),
    bytes: manifest.files.reduce((sum, file) => sum + file.bytes, 0),
    people: [...new Set(manifest.files.map((file) => file.personName))],
    files: manifest.files.length,
  };
}

/** What can be said of a recording whose manifest cannot be read: when it began, from its id. */
export function summarizeBroken(recordingId: string, problem: string): RecordingSummary {
  return {
    recordingId,
    meetingId: 'unknown',
    meetingName: '',
    state: 'interrupted',
    startedAtMs: instantIn(recordingId) || 0,
    durationMs: 0,
    bytes: 0,
    people: [],
    files: 0,
    problem: problem.slice(0, 500),
  };
}
