import type { AuditEntry } from '#protocol/http/audit.ts';

/** What somebody did, before it is written down. */
export type Deed = Omit<AuditEntry, 'id' | 'atMs' | 'meetingName'>;
