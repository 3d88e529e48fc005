import type { IncomingMessage } from 'node:http';
import type { Registry } from 'prom-client';
import type { Store } from '#recordings/store.ts';
import type { Clock } from '#service/clock.ts';
import type { Log } from '#service/log.ts';
import type { Policy } from '#service/who-may.ts';
import type { Trust } from '../access/client-address.ts';
import type { RoleFinder } from '../access/credentials.ts';
import type { HintDoor } from '../access/hint-door.ts';
import type { Passwords } from '../access/passwords.ts';
import type { RateLimiter } from '../access/rate-limiter.ts';
import type { Admin } from '../app/admin.ts';
import type { Meetings } from '../app/meetings.ts';
import type { Sessions } from '../app/sessions.ts';
import type { Audit } from '../audit/audit.ts';
import type { Downloads } from '../audit/downloads.ts';
import type { Catalog } from '../catalog/catalog.ts';
import type { Indexer } from '../catalog/indexer.ts';
import type { Manifests } from '../catalog/manifests.ts';
import type { Exports } from '../exports/exports.ts';
import type { HumanNames } from '../exports/human-name.ts';
import type { ClockTrust } from '../keep/clock-trust.ts';
import type { Deletion } from '../keep/deletion.ts';
import type { Pins } from '../keep/pins.ts';
import type { RetentionKeeper } from '../keep/retention.ts';
import type { SfuProxy } from '../proxy/sfu-proxy.ts';
import type { Shares } from '../shares/shares.ts';
import type { LiveLooks } from '../streams/live-looks.ts';
import type { OpenStreams } from '../streams/open-streams.ts';
import type { Thumbnails } from '../thumbnails/thumbnails.ts';
import type { Zips } from '../zip/zips.ts';

/** Everything that the routes work with. */
export interface HttpContext {
  clock: Clock;
  log: Log;
  store: Store;
  catalog: Catalog;
  manifests: Manifests;
  indexer: Indexer;
  meetings: Meetings;
  whoMayCreate: Policy;
  sessions: Sessions;
  admin: Admin;
  audit: Audit;
  downloads: Downloads;
  pins: Pins;
  shares: Shares;
  exports: Exports;
  names: HumanNames;
  zips: Zips;
  thumbnails: Thumbnails;
  deletion: Deletion;
  retention: RetentionKeeper;
  clockTrust: ClockTrust;
  /** Of the disk's free bytes, those that recordings must find. */
  minFreeBytes: number;
  recordingsDir: string;
  roles: RoleFinder;
  hintDoor: HintDoor;
  streams: OpenStreams;
  looks: LiveLooks;
  joinSecret: string;
  /** Cookies are sent over HTTPS only. */
  secureCookies: boolean;
  /** Of PUBLIC_URL, where one is set: the origin of our pages. */
  publicOrigin: string | undefined;
  /** Folder of the built client. */
  clientFolder: string;
  proxy: SfuProxy;
  /** Followers of growing files that were ended because they did not read. */
  unread: { count: number };
  /** Whose request it is, by what trusted proxies say. */
  addressOf(request: IncomingMessage): string;
  /** Absent while no proxy is trusted. */
  trust: Trust | undefined;
  metrics: Registry;
  limits: {
    password: Passwords;
    createMeeting: RateLimiter;
    createMeetingToday: RateLimiter;
    join: RateLimiter;
    openShare: RateLimiter;
  };
}

export const MEETINGS_PER_MINUTE = 120;
/** Made by one address; those that nobody enters are forgotten in time. */
export const MEETINGS_PER_DAY = 2000;
/** A whole company may join from one address. */
export const JOINS_PER_MINUTE = 600;
/** Openings of share links, right or wrong, per minute and address. */
export const SHARE_OPENINGS_PER_MINUTE = 60;
export const MAX_BODY_BYTES = 16 * 1024;
