import type { MeetingSnapshot } from '../meeting/meeting-state.ts';
import { Store } from '../store.ts';

export interface StageSnapshot {
  /** Everybody else, by connection id, in the order in which they are shown. */
  readonly order: readonly string[];
  /** Counts from 0. It may lie beyond the last one, after people have left. */
  readonly page: number;
  /** The key of the tile that this person wants to see large. */
  readonly pinned: string | undefined;
}

type Followed = Pick<MeetingSnapshot, 'people' | 'room'>;

/** What this person looks at: who is where, which page is open, what is pinned. Their own choice, told to nobody. */
export class Stage extends Store<StageSnapshot> {
  #visible: readonly string[] = [];
  #open = { page: 0, pages: 1 };
  /** Who has had the floor, the latest first. */
  #spoken: readonly string[] = [];

  constructor() {
    super({ order: [], page: 0, pinned: undefined });
  }

  /** Keeps up with the meeting until the returned function is called. */
  follow(session: Store<MeetingSnapshot>): () => void {
    this.take(session.getSnapshot());
    return session.subscribe(() => this.take(session.getSnapshot()));
  }

  take({ people, room }: Followed): void {
    const { order, pinned } = this.getSnapshot();
    const present = people.map(({ connectionId }) => connectionId);
    const next = orderAfter(order, present);
    if (next !== order) {
      const isGone = order.some((id) => !present.includes(id) && isOf(pinned, id));
      this.update({ order: next, ...(isGone && { pinned: undefined }) });
    }
    const spoken = this.#spoken.filter((id) => present.includes(id));
    const { dominant } = room;
    const isNew = dominant !== undefined && present.includes(dominant) && dominant !== spoken[0];
    this.#spoken = isNew ? [dominant, ...spoken.filter((id) => id !== dominant)] : spoken;
    if (isNew) this.#bring(dominant);
  }

  /** @param pages forwards; back when negative. Beyond the first and the last page there is none */
  turnBy(pages: number): void {
    const { page, pages: count } = this.#open;
    this.update({ page: Math.min(count - 1, Math.max(0, page + pages)) });
  }

  /** @param key of a tile; undefined: nothing is pinned any more */
  pin(key: string | undefined): void {
    this.update({ pinned: key, page: 0 });
  }

  /** What came of it: @param connectionIds of everybody who is on the open page, or large beside it */
  shows(connectionIds: readonly string[], open: { page: number; pages: number }): void {
    this.#visible = connectionIds;
    this.#open = open;
  }

  /** Whoever has the floor is seen: they take the place of somebody silent on the open page. */
  #bring(speaker: string): void {
    const { order, pinned } = this.getSnapshot();
    if (this.#visible.includes(speaker)) return;
    const candidates = this.#visible.filter((id) => order.includes(id) && !isOf(pinned, id));
    const place = longestSilent(candidates, this.#spoken);
    if (place) this.update({ order: exchanged(order, speaker, place) });
  }
}

/** Whether a tile is somebody's picture or screen. */
function isOf(key: string | undefined, connectionId: string): boolean {
  return key === connectionId || key === `${connectionId}/screen`;
}

/** The order in which people are shown: whoever was there keeps their place, who comes is put last. */
export function orderAfter(order: readonly string[], present: readonly string[]): readonly string[] {
  const kept = order.filter((one) => present.includes(one));
  const added = present.filter((one) => !order.includes(one));
  return added.length === 0 && kept.length === order.length ? order : [...kept, ...added];
}

/** The two change places, and nobody else moves. */
export function exchanged(order: readonly string[], one: string, other: string): readonly string[] {
  return order.map((id) => (id === one ? other : id === other ? one : id));
}

/**
 * Who is missed least when somebody else needs a place: whoever has not spoken for longest, and of those who never
 * spoke the last one.
 * @param spoken everybody who has had the floor, the latest first
 */
export function longestSilent(visible: readonly string[], spoken: readonly string[]): string | undefined {
  const never = visible.findLast((id) => !spoken.includes(id));
  return never ?? visible.toSorted((a, b) => spoken.indexOf(b) - spoken.indexOf(a))[0];
}
