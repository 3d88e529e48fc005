import type { z } from 'zod';
import type {
  createMeetingResultSchema,
  joinMeetingResultSchema,
  listRecordingsResultSchema,
  meetingResultSchema,
  recordingResultSchema,
  sessionResultSchema,
} from '../../../../protocol/archive-api.ts';

export type CreatedMeeting = z.infer<typeof createMeetingResultSchema>;
export type MeetingFacts = z.infer<typeof meetingResultSchema>;
export type JoinGrant = z.infer<typeof joinMeetingResultSchema>;
export type RecordingsPage = z.infer<typeof listRecordingsResultSchema>;
export type RecordingDetails = z.infer<typeof recordingResultSchema>;
export type SessionFacts = z.infer<typeof sessionResultSchema>;

/** The archive's HTTP API. Every method throws the server's Fault, or `timeout` when it cannot be reached. */
export interface Archive {
  createMeeting(name: string): Promise<CreatedMeeting>;
  meeting(meetingId: string): Promise<MeetingFacts>;
  join(meetingId: string, name: string, hostKey: string | undefined): Promise<JoinGrant>;
  session(): Promise<SessionFacts>;
  signIn(password: string): Promise<SessionFacts>;
  signOut(): Promise<SessionFacts>;
  recordings(cursor?: string): Promise<RecordingsPage>;
  recording(recordingId: string): Promise<RecordingDetails>;
  /** Address of a recording's file, for the player; with `download`, one that the browser saves under a human name. */
  fileUrl(recordingId: string, name: string, options?: { download?: boolean; follow?: boolean }): string;
}
