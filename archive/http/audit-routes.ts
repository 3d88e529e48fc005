import { type AuditEntry, auditRoutes } from '#protocol/http/audit.ts';
import type { Audit } from '../audit/audit.ts';
import type { Catalog } from '../catalog/catalog.ts';
import { type Feature, feature } from './route.ts';

/** Who did what. */
export function auditFeature({ audit, catalog }: { audit: Audit; catalog: Catalog }): Feature {
  const named = async (entry: AuditEntry): Promise<AuditEntry> => {
    const recording = entry.recordingId === undefined ? undefined : await catalog.get(entry.recordingId);
    return recording ? { ...entry, meetingName: recording.summary.meetingName } : entry;
  };

  return feature(auditRoutes, {
    'GET /api/audit': async ({ query }) => {
      const page = await audit.list(query);
      return { ...page, entries: await Promise.all(page.entries.map(named)) };
    },
  });
}
