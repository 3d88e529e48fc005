import { networkOf } from '#service/network-address.ts';
import { RecentMap } from '#service/recent-map.ts';
import type { Deed } from './deed.ts';

/** Of one kind, from one network, within an hour; what comes on top is counted, not listed. */
export const ENTRIES_PER_HOUR = 60;
/** Of one network among all entries: beyond it everything is only counted. A twentieth of the log. */
export const MAX_ENTRIES_OF_NETWORK = 50_000;
const HOUR_MS = 3_600_000;
/** Kinds of deeds by networks in an hour that are told apart. */
const MAX_WINDOWS = 10_000;
const MAX_NETWORKS = 10_000;

interface Window {
  endMs: number;
  listed: number;
  counted: number;
  deed: Deed;
}

/** Keeps one network from filling the log, and from pushing out what others did. Who has signed in is always listed. */
export class AuditQuota {
  readonly #windows = new Map<string, Window>();
  readonly #entries = new RecentMap<string, number>(MAX_NETWORKS);
  readonly #entriesOf: (address: string) => Promise<number>;

  /** @param entriesOf how many entries of an address there are */
  constructor(entriesOf: (address: string) => Promise<number>) {
    this.#entriesOf = entriesOf;
  }

  /** One after the other. @returns what is to be listed: the deed, or the first word of others that are only counted; and hours that are over */
  async take(deed: Deed, nowMs: number): Promise<Deed[]> {
    const due = this.due(nowMs);
    if (deed.address === undefined || deed.actor === 'admin') return [...due, deed];
    const network = networkOf(deed.address);
    const key = `${network} ${deed.action}`;
    const window = this.#windows.get(key) ?? { endMs: nowMs + HOUR_MS, listed: 0, counted: 0, deed };
    this.#windows.set(key, window);
    const isFew = window.listed < ENTRIES_PER_HOUR;
    if (isFew && (await this.#listed(network, deed.address)) <= MAX_ENTRIES_OF_NETWORK) {
      window.listed += 1;
      return [...due, ...this.#overfull(), deed];
    }
    window.counted += 1;
    return [...due, ...this.#overfull()];
  }

  /** What was only counted, of hours that are over. */
  due(nowMs: number): Deed[] {
    const due: Deed[] = [];
    // In the order in which they began, and so end.
    for (const [key, window] of this.#windows) {
      if (window.endMs > nowMs) break;
      this.#windows.delete(key);
      due.push(...summary(window));
    }
    return due;
  }

  /** All that was only counted, at the end. */
  rest(): Deed[] {
    return this.due(Number.POSITIVE_INFINITY);
  }

  async #listed(network: string, address: string): Promise<number> {
    const count = (this.#entries.get(network) ?? (await this.#entriesOf(address))) + 1;
    this.#entries.set(network, count);
    return count;
  }

  #overfull(): Deed[] {
    const [oldest] = this.#windows;
    if (this.#windows.size <= MAX_WINDOWS || !oldest) return [];
    this.#windows.delete(oldest[0]);
    return summary(oldest[1]);
  }
}

function summary({ counted, deed, endMs }: Window): Deed[] {
  if (counted === 0) return [];
  const { action, actor, address } = deed;
  const until = Number.isFinite(endMs) ? ` in the hour until ${new Date(endMs).toISOString()}` : '';
  return [
    { action, actor, ...(address !== undefined && { address }), detail: `${counted} more of these${until}` },
  ];
}
