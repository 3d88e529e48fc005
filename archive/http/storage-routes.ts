import { storageRoutes } from '#protocol/http/storage.ts';
import type { Clock } from '#service/clock.ts';
import type { Audit } from '../audit/audit.ts';
import type { Catalog } from '../catalog/catalog.ts';
import type { Exports } from '../exports/exports.ts';
import type { ClockTrust } from '../keep/clock-trust.ts';
import type { RetentionKeeper } from '../keep/retention.ts';
import { storageUse } from '../keep/storage-use.ts';
import { type Feature, feature } from './route.ts';

/** How full the disk is, and what is deleted when. */
export function storageFeature(parts: {
  audit: Audit;
  catalog: Catalog;
  clock: Clock;
  clockTrust: ClockTrust;
  exports: Exports;
  /** Of the disk's free bytes, those that recordings must find. */
  minFreeBytes: number;
  recordingsDir: string;
  retention: RetentionKeeper;
}): Feature {
  const { audit, catalog, clock, clockTrust, exports, minFreeBytes, recordingsDir, retention } = parts;

  return feature(storageRoutes, {
    'GET /api/storage': async () => {
      const exportBytes = await exports.totalBytes();
      const nowMs = clock.wallMs();
      const use = await storageUse({ catalog, recordingsDir, exportBytes, minFreeBytes, nowMs });
      const clockJump = await clockTrust.jump();
      return { ...use, retention: await retention.settings(), ...(clockJump && { clockJump }) };
    },

    'PUT /api/storage/retention': async ({ body: settings, deed }) => {
      await retention.set(settings);
      const days = settings.days === null ? 'no limit of days' : `${settings.days} days`;
      const bytes = settings.maxBytes === null ? 'no limit of bytes' : `${settings.maxBytes} bytes`;
      await audit.record({ ...deed, action: 'retention-changed', detail: `${days}, ${bytes}` });
      return settings;
    },

    'POST /api/storage/retention/dry-run': ({ body }) => retention.plan(body),

    'POST /api/storage/retention/run': ({ deed }) => retention.run(deed),
  });
}
