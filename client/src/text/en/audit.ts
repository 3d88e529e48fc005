import type { AuditAction, AuditEntry } from '#protocol/http/audit.ts';

const deeds: Record<AuditAction, string> = {
  'signed-in': 'signed in',
  'sign-in-refused': 'tried a wrong password',
  'signed-out': 'signed out',
  'signed-out-everywhere': 'signed everybody out',
  'password-changed': 'changed the password',
  'recording-deleted': 'deleted a recording',
  'person-deleted': 'deleted one person’s files',
  'recording-pinned': 'pinned a recording',
  'recording-unpinned': 'unpinned a recording',
  'recording-watched': 'watched a recording',
  'file-downloaded': 'downloaded a file',
  'zip-downloaded': 'downloaded a recording as ZIP',
  'export-started': 'started an export',
  'export-downloaded': 'downloaded an export',
  'export-deleted': 'deleted an export',
  'share-created': 'made a link',
  'share-revoked': 'revoked a link',
  'share-opened': 'opened a link',
  'share-refused': 'tried a wrong password on a link',
  'retention-changed': 'changed the deletion rules',
};

/** Texts of the audit log. */
export const audit = {
  title: 'Audit log',
  lead: 'Who did what, the newest first.',
  action: 'What happened',
  anyAction: 'Everything',
  actor: {
    admin: 'The administrator',
    host: 'A host',
    share: 'Somebody with a link',
    anonymous: 'Somebody',
    retention: 'The deletion rules',
  } satisfies Record<AuditEntry['actor'], string>,
  did: (action: AuditAction) => deeds[action],
  sentence: (actor: string, deed: string) => `${actor} ${deed}`,
  from: (address: string) => `from ${address}`,
  ofRecording: 'Only this recording',
  ofAll: 'Show all recordings',
  more: 'Show older ones',
  empty: 'Nothing has been written down yet.',
  noMatch: 'Nothing of this kind has been written down.',
};
