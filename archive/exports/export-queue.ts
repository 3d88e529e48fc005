import { Fault } from '#protocol/errors.ts';
import { type ExportKind, fileExportKindSchema } from '#protocol/http/exports.ts';
import { RecentMap } from '#service/recent-map.ts';
import type { ExportRow } from './export-table.ts';

/** Waiting at once, over all recordings, and of one asker. */
const MAX_QUEUED = 500;
export const MAX_QUEUED_OF_ONE = 100;
/** Of the queue, what nobody but the administrator fills. */
const KEPT_FOR_ADMIN = 100;
const ADMIN = 'admin';
/** Askers whose last turn is known. */
const MAX_ASKERS_KNOWN = 10_000;

/** Copying takes seconds, drawing everybody takes hours: neither waits for the other. */
const lanes: readonly (readonly ExportKind[])[] = [fileExportKindSchema.options, ['group-mp4']];

/** Who may queue a job, and which one comes next. */
export class ExportQueue {
  readonly #atOnce: number;
  /** By asker, what was given a turn last has the greatest number, and comes last. */
  readonly #lastTurns = new RecentMap<string, number>(MAX_ASKERS_KNOWN);
  #turn = 0;

  /** @param atOnce jobs of each lane */
  constructor(atOnce: number) {
    this.#atOnce = atOnce;
  }

  /** @throws Fault `exports-full` */
  requireRoom(queued: readonly ExportRow[], asker: string): void {
    const room = MAX_QUEUED - (asker === ADMIN ? 0 : KEPT_FOR_ADMIN);
    const ofOne = queued.filter((row) => row.asker === asker).length;
    if (queued.length >= room || ofOne >= MAX_QUEUED_OF_ONE) throw new Fault('exports-full');
  }

  /** One that may begin now, which is its asker's turn; undefined when there is none. @param queued the oldest first */
  next(queued: readonly ExportRow[], running: readonly ExportRow[]): ExportRow | undefined {
    for (const kinds of lanes) {
      const inLane = ({ kind }: ExportRow) => kinds.includes(kind);
      const atWork = running.filter(inLane);
      if (atWork.length >= this.#atOnce) continue;
      const next = this.#fairest(queued.filter(inLane), atWork);
      if (!next) continue;
      this.#lastTurns.set(next.asker, ++this.#turn);
      return next;
    }
    return undefined;
  }

  /** Of whoever has the fewest at work, and of those the one whose last turn is longest ago. */
  #fairest(queued: readonly ExportRow[], atWork: readonly ExportRow[]): ExportRow | undefined {
    const held = new Map<string, number>();
    for (const { asker } of atWork) held.set(asker, (held.get(asker) ?? 0) + 1);
    const rank = ({ asker }: ExportRow) => [held.get(asker) ?? 0, this.#lastTurns.get(asker) ?? 0] as const;
    let best: ExportRow | undefined;
    for (const row of queued) {
      const [count, turn] = rank(row);
      const [least, earliest] = best ? rank(best) : [Number.POSITIVE_INFINITY, 0];
      if (count < least || (count === least && turn < earliest)) best = row;
    }
    return best;
  }
}
