import type { Registry } from 'prom-client';
import { registryOf } from '#service/meters.ts';
import type { Exports } from './exports/exports.ts';
import type { Mover } from './moving/mover.ts';
import type { SfuProxy } from './proxy/sfu-proxy.ts';
import type { Zips } from './zip/zips.ts';

/** What `/metrics` of the archive shows. */
export function archiveMetrics({
  exports,
  files,
  limits,
  mover,
  proxy,
  zips,
}: {
  exports: Exports;
  files: { readonly unread: number };
  /** By what they limit. */
  limits: Readonly<Record<string, { readonly refused: number }>>;
  /** Where recordings move to another store. */
  mover: Mover | undefined;
  proxy: SfuProxy;
  zips: Zips;
}): Registry {
  return registryOf([
    {
      name: 'verbatim_signalling_tunnels',
      help: 'WebSockets passed through to the SFU',
      read: () => proxy.tunnels,
    },
    {
      name: 'verbatim_unread_streams_total',
      help: 'Followers of growing files that were ended because they did not read',
      read: () => files.unread,
    },
    {
      name: 'verbatim_rate_limited_total',
      help: 'Requests refused because their address made too many',
      labels: ['limit'],
      read: () => Object.entries(limits).map(([limit, { refused }]) => [limit, refused]),
    },
    {
      name: 'verbatim_exports',
      help: 'Export jobs that wait, and that are at work',
      labels: ['state'],
      read: async () => Object.entries(await exports.load()),
    },
    {
      name: 'verbatim_spooled_recordings',
      help: 'Recordings on this disk that have not moved to the S3 store',
      read: () => mover?.waiting ?? 0,
    },
    {
      name: 'verbatim_moves_total',
      help: 'Recordings that were moved to the S3 store, and tries that failed',
      labels: ['result'],
      read: () => [
        ['moved', mover?.moves ?? 0],
        ['failed', mover?.failures ?? 0],
      ],
    },
    { name: 'verbatim_zips', help: 'ZIPs being sent', read: () => zips.active },
    {
      name: 'verbatim_slow_zips_total',
      help: 'ZIPs that were ended because their reader took too little',
      read: () => zips.slow,
    },
  ]);
}
