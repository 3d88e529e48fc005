import type { z } from 'zod';
import type { listAuditQuerySchema, listAuditResultSchema } from '#protocol/http/audit.ts';
import type { CreateExportBody, ExportJob } from '#protocol/http/exports.ts';
import type {
  createMeetingResultSchema,
  joinMeetingResultSchema,
  meetingResultSchema,
} from '#protocol/http/meetings.ts';
import type {
  deletionResultSchema,
  listRecordingsQuerySchema,
  listRecordingsResultSchema,
  recordingResultSchema,
} from '#protocol/http/recordings.ts';
import type { sessionResultSchema } from '#protocol/http/session.ts';
import type {
  CreateShareBody,
  createShareResultSchema,
  Share,
  SharedRecording,
} from '#protocol/http/shares.ts';
import type { Retention, RetentionPlan, RetentionRun, StorageResult } from '#protocol/http/storage.ts';

export type CreatedMeeting = z.infer<typeof createMeetingResultSchema>;
export type MeetingFacts = z.infer<typeof meetingResultSchema>;
export type JoinGrant = z.infer<typeof joinMeetingResultSchema>;
export type RecordingsQuery = z.infer<typeof listRecordingsQuerySchema>;
export type RecordingsPage = z.infer<typeof listRecordingsResultSchema>;
export type RecordingDetails = z.infer<typeof recordingResultSchema>;
export type CreatedShare = z.infer<typeof createShareResultSchema>;
export type DeletionFacts = z.infer<typeof deletionResultSchema>;
export type AuditQuery = z.infer<typeof listAuditQuerySchema>;
export type AuditPage = z.infer<typeof listAuditResultSchema>;
export type SessionFacts = z.infer<typeof sessionResultSchema>;

/** The archive's HTTP API. Every method throws the server's Fault, or `timeout` when it cannot be reached. */
export interface Archive {
  /** @param key where the server asks for one (`create-key-needed`) */
  createMeeting(name: string, key?: string): Promise<CreatedMeeting>;
  meeting(meetingId: string): Promise<MeetingFacts>;
  renameMeeting(meetingId: string, name: string): Promise<MeetingFacts>;
  join(meetingId: string, name: string, hostKey: string | undefined): Promise<JoinGrant>;
  /** Has the server take this browser for the host's: it may then read, play and download the meeting's recordings. */
  showHostKey(meetingId: string, hostKey: string): Promise<MeetingFacts>;
  session(): Promise<SessionFacts>;
  signIn(password: string): Promise<SessionFacts>;
  signOut(): Promise<SessionFacts>;
  signOutEverywhere(): Promise<SessionFacts>;
  /** Signs out everybody else. */
  changePassword(current: string, next: string): Promise<SessionFacts>;
  /** Of all meetings, for an administrator; of one, also for its host. */
  recordings(query: RecordingsQuery, meetingId?: string): Promise<RecordingsPage>;
  recording(recordingId: string): Promise<RecordingDetails>;
  /** Address of a recording's file, for the player; with `download`, one that the browser saves under a human name. */
  fileUrl(recordingId: string, name: string, options?: { download?: boolean }): string;
  /** A picture of a file, once its recording is closed. */
  thumbnailUrl(recordingId: string, name: string): string;
  zipUrl(recordingId: string): string;
  deleteRecording(recordingId: string): Promise<DeletionFacts>;
  setPinned(recordingId: string, pinned: boolean): Promise<void>;
  /** Deletes the files, chat and links of one person, and every export in which they are, for good. */
  erasePerson(recordingId: string, connectionId: string): Promise<DeletionFacts>;
  exports(recordingId: string): Promise<ExportJob[]>;
  createExport(recordingId: string, body: CreateExportBody): Promise<ExportJob>;
  /** Cancels a job that is queued or running, and removes one that is over. */
  endExport(exportId: string): Promise<void>;
  retryExport(exportId: string): Promise<void>;
  exportUrl(exportId: string): string;
  shares(recordingId: string): Promise<Share[]>;
  createShare(recordingId: string, body: CreateShareBody): Promise<CreatedShare>;
  revokeShare(recordingId: string, shareId: string): Promise<void>;
  storage(): Promise<StorageResult>;
  setRetention(rules: Retention): Promise<Retention>;
  /** What such rules would delete now. */
  planRetention(rules: Retention): Promise<RetentionPlan>;
  /** Carries out the rules in force. */
  runRetention(): Promise<RetentionRun>;
  audit(query: AuditQuery): Promise<AuditPage>;
  /** Opens a link, which counts a view; a right password lets this browser at the files. */
  openShared(token: string, password?: string): Promise<SharedRecording>;
  sharedFileUrl(token: string, name: string, options?: { download?: boolean }): string;
  sharedThumbnailUrl(token: string, name: string): string;
  sharedZipUrl(token: string): string;
}
