import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { Exports } from './exports/exports.ts';
import type { SfuProxy } from './proxy/sfu-proxy.ts';
import type { Zips } from './zip/zips.ts';

/** What `/metrics` of the archive shows; read at the moment of asking. */
export function archiveMetrics(parts: {
  exports: Exports;
  files: { readonly unread: number };
  /** By what they limit. */
  limits: Readonly<Record<string, { readonly refused: number }>>;
  proxy: SfuProxy;
  zips: Zips;
}): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  new Gauge({
    name: 'verbatim_signalling_tunnels',
    help: 'WebSockets passed through to the SFU',
    registers,
    collect() {
      this.set(parts.proxy.tunnels);
    },
  });
  new Counter({
    name: 'verbatim_unread_streams_total',
    help: 'Followers of growing files that were ended because they did not read',
    registers,
    collect() {
      this.reset();
      this.inc(parts.files.unread);
    },
  });
  new Counter({
    name: 'verbatim_rate_limited_total',
    help: 'Requests refused because their address made too many',
    labelNames: ['limit'],
    registers,
    collect() {
      this.reset();
      for (const [limit, limiter] of Object.entries(parts.limits)) this.inc({ limit }, limiter.refused);
    },
  });
  new Gauge({
    name: 'verbatim_exports',
    help: 'Export jobs that wait, and that are at work',
    labelNames: ['state'],
    registers,
    collect() {
      const { queued, running } = parts.exports.load();
      this.set({ state: 'queued' }, queued);
      this.set({ state: 'running' }, running);
    },
  });
  new Gauge({
    name: 'verbatim_zips',
    help: 'ZIPs being sent',
    registers,
    collect() {
      this.set(parts.zips.active);
    },
  });
  new Counter({
    name: 'verbatim_slow_zips_total',
    help: 'ZIPs that were ended because their reader took too little',
    registers,
    collect() {
      this.reset();
      this.inc(parts.zips.slow);
    },
  });
  return registry;
}
