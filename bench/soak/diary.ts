import { type ErrorCode, Fault } from '#protocol/errors.ts';
import { systemClock } from '#service/clock.ts';

/** Answers that the order of events may bring about: somebody leaves, or recording begins, while another one asks. */
const EXPECTED: readonly ErrorCode[] = ['consent-needed', 'recording-off', 'recording-on', 'session-over'];

/** Between asking and being answered, epoch ms: somewhere in there it was so. */
export interface Moment {
  fromMs: number;
  toMs: number;
}

/** What the soak did, by which it knows what must be on disk. */
export class Diary {
  /** When people left, by connection. Nobody comes back with the same one. */
  readonly left = new Map<string, Moment>();
  /** When Stop was pressed, by recording. */
  readonly stopped = new Map<string, Moment>();
  /** Connections of those who declined to be recorded. */
  readonly declined = new Set<string>();
  /** When people vanished, by connection: they are waited for, and that is no part of their files. */
  readonly lost = new Map<string, Moment>();
  /** When people's connections were lost before they came back, by connection: whoever is not back at Stop was there until then. */
  readonly away = new Map<string, Moment[]>();
  readonly done = new Map<string, number>();
  readonly faults: string[] = [];

  count(what: string): void {
    this.done.set(what, (this.done.get(what) ?? 0) + 1);
  }

  /** Asks, and notes when that was. */
  async note(moments: Map<string, Moment>, id: string, ask: () => Promise<unknown>): Promise<void> {
    const fromMs = systemClock.nowMs();
    moments.set(id, { fromMs, toMs: Number.POSITIVE_INFINITY });
    await ask();
    moments.set(id, { fromMs, toMs: systemClock.nowMs() });
  }

  /** Does something that is counted; a refusal that nobody could foresee is a fault of the run. */
  async attempt(what: string, task: () => Promise<void>): Promise<void> {
    try {
      await task();
      this.count(what);
    } catch (cause) {
      if (cause instanceof Fault && EXPECTED.includes(cause.code)) this.count(`${what}, too late`);
      else this.faults.push(`${what}: ${cause instanceof Error ? cause.message : cause}`);
    }
  }
}
