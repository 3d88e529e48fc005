import { z } from 'zod';
import { recordingIdSchema } from '../identifiers.ts';
import { adminAlone, type Routes } from './route.ts';

/** Who did what. */

export const auditActionSchema = z.enum([
  'signed-in',
  'sign-in-refused',
  'signed-out',
  'signed-out-everywhere',
  'password-changed',
  'recording-deleted',
  'person-deleted',
  'recording-pinned',
  'recording-unpinned',
  'recording-watched',
  'file-downloaded',
  'zip-downloaded',
  'export-started',
  'export-downloaded',
  'export-deleted',
  'share-created',
  'share-revoked',
  'share-opened',
  'share-refused',
  'retention-changed',
]);
export type AuditAction = z.infer<typeof auditActionSchema>;

export const auditEntrySchema = z.object({
  id: z.number().int().positive(),
  atMs: z.number(),
  actor: z.enum(['admin', 'host', 'share', 'anonymous', 'retention']),
  /** Of the connection; absent for what the archive does by itself. */
  address: z.string().optional(),
  action: auditActionSchema,
  recordingId: recordingIdSchema.optional(),
  /** Of the recording's meeting; absent when there is no such recording any more. */
  meetingName: z.string().optional(),
  /** What else is worth knowing, in words. */
  detail: z.string().optional(),
});
export type AuditEntry = z.infer<typeof auditEntrySchema>;

export const AUDIT_PAGE_SIZE = 100;

export const listAuditQuerySchema = z.object({
  recordingId: recordingIdSchema.optional(),
  action: auditActionSchema.optional(),
  /** From an earlier answer. */
  cursor: z.string().max(20).optional(),
});

/** The newest first. */
export const listAuditResultSchema = z.object({
  entries: z.array(auditEntrySchema),
  /** Names the next page; absent on the last one. */
  cursor: z.string().optional(),
});

export const auditRoutes = {
  'GET /api/audit': {
    words: 'Who did what, the newest first.',
    who: adminAlone,
    query: listAuditQuerySchema,
    result: listAuditResultSchema,
  },
} as const satisfies Routes;
