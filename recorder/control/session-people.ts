import { Fault } from '#protocol/errors.ts';
import type { ManifestFile } from '#protocol/manifest.ts';
import type { Fact } from '#protocol/recorder.ts';
import type { PersonRecorder } from '../person/person-recorder.ts';
import { type IngestCounters, NO_COUNTS, sumOfCounters } from '../person/stage-counts.ts';
import { thinnedFiles } from './thinned-files.ts';

const NOTHING_COUNTED: IngestCounters = {
  ...{ malformed: 0, unannounced: 0, strangers: 0, leftOut: 0, port: undefined, stages: NO_COUNTS },
};

/** Everybody of one recording: who is being recorded, who is on their way out, and what is left of those who were. */
export class SessionPeople {
  readonly #opening = new Map<string, Promise<PersonRecorder>>();
  readonly #open = new Set<PersonRecorder>();
  /** Those whose files are being completed, or erased. */
  readonly #leaving = new Map<string, Promise<void>>();
  /** Of those who have left: what is to be told of them is all that is kept, since a long meeting has many. */
  #past = {
    files: [] as readonly ManifestFile[],
    /** Whatever became of it. */
    writtenBytes: 0,
    counters: NOTHING_COUNTED,
  };
  /** Nobody comes in any more: nothing would list, complete or erase what they send. */
  #isOver = false;
  #seenFiles = 0;

  /** Never falls: that of those who have left counts, too. */
  get writtenBytes(): number {
    return [...this.#open].reduce((sum, person) => sum + person.writtenBytes, this.#past.writtenBytes);
  }

  /** Those of whom files may be written now. */
  get open(): ReadonlySet<PersonRecorder> {
    return this.#open;
  }

  get count(): number {
    return this.#opening.size;
  }

  /** True while the person's receiver is open. */
  has(connectionId: string): boolean {
    return this.#opening.has(connectionId);
  }

  /** Undefined when nothing of theirs is open. */
  find(connectionId: string): Promise<PersonRecorder> | undefined {
    return this.#opening.get(connectionId);
  }

  /** @throws Fault `recording-off` once nobody is admitted any more, `bad-request` */
  async get(connectionId: string): Promise<PersonRecorder> {
    this.#mustAdmit();
    const opening = this.#opening.get(connectionId);
    if (!opening) throw new Fault('bad-request', `No receiver is open for ${connectionId}.`);
    const person = await opening;
    // It may have ended while their socket was opened.
    this.#mustAdmit();
    return person;
  }

  /** From now on `enter` and `get` refuse. */
  admitNobody(): void {
    this.#isOver = true;
  }

  /** Whoever is open already stays. @throws Fault `recording-off` once nobody is admitted any more; what `open` throws */
  async enter(connectionId: string, open: () => Promise<PersonRecorder>): Promise<PersonRecorder> {
    this.#mustAdmit();
    const opening = this.#opening.get(connectionId) ?? this.#begin(open);
    this.#opening.set(connectionId, opening);
    try {
      return await opening;
    } catch (cause) {
      this.#opening.delete(connectionId);
      throw cause;
    }
  }

  /**
   * Completes what there is of somebody, over all these connections, after whatever is being done with it already.
   * @param untilMs what was captured later is not written
   * @param then done once, when all of it is complete
   */
  leave(
    connectionIds: readonly string[],
    startedAtMs: number,
    then: () => Promise<void>,
    untilMs?: number,
  ): Promise<void> {
    const closing = connectionIds.map((id) => this.#closeOf(id, startedAtMs, untilMs));
    const leaving = (async () => {
      const closed = await Promise.allSettled(closing);
      await then();
      for (const one of closed) if (one.status === 'rejected') throw one.reason;
    })().finally(() => {
      for (const id of connectionIds) if (this.#leaving.get(id) === leaving) this.#leaving.delete(id);
    });
    for (const id of connectionIds) this.#leaving.set(id, leaving);
    return leaving;
  }

  /** Everybody, and whoever is on their way in or out already. */
  async leaveAll(startedAtMs: number): Promise<void> {
    this.admitNobody();
    const opening = [...this.#opening.values()];
    this.#opening.clear();
    const people = await Promise.allSettled(opening);
    // Whatever becomes of one of them, the others are completed.
    await Promise.allSettled(
      people.map((one) => (one.status === 'fulfilled' ? this.#close(one.value, startedAtMs) : undefined)),
    );
    await Promise.allSettled(this.#leaving.values());
  }

  setPaused({ atMs, connectionId, paused, silenced, source }: Extract<Fact, { type: 'paused' }>): void {
    for (const person of this.#open) {
      if (person.connectionId === connectionId) person.setPaused(source, paused, atMs, silenced);
    }
  }

  /** All files, of those who have left, too. */
  files(startedAtMs: number): ManifestFile[] {
    return [...this.#past.files, ...[...this.#open].flatMap((person) => person.describe(startedAtMs))];
  }

  /** Of the others nothing is told any more. */
  keepFiles(isKept: (file: ManifestFile) => boolean): void {
    this.#past.files = this.#past.files.filter(isKept);
  }

  counters(): IngestCounters[] {
    return [this.#past, ...this.#open].map(({ counters }) => counters);
  }

  /** Whoever is on their way in, too. */
  async abandon(): Promise<void> {
    this.admitNobody();
    const opening = [...this.#opening.values()].map(async (person) => (await person).abandon());
    await Promise.allSettled([...[...this.#open].map((person) => person.abandon()), ...opening]);
  }

  /** Whether there are bytes of more files on disk than when this was asked last. */
  haveNewFiles(): boolean {
    const before = this.#seenFiles;
    this.#seenFiles = 0;
    for (const person of this.#open) this.#seenFiles += person.filesOnDisk;
    return this.#seenFiles > before;
  }

  #mustAdmit(): void {
    if (this.#isOver) throw new Fault('recording-off');
  }

  async #closeOf(connectionId: string, startedAtMs: number, untilMs?: number): Promise<void> {
    const opening = this.#opening.get(connectionId);
    this.#opening.delete(connectionId);
    // Whoever waits for that one is told of its failure.
    await this.#leaving.get(connectionId)?.catch(() => undefined);
    if (opening) await this.#close(await opening, startedAtMs, untilMs);
  }

  async #begin(open: () => Promise<PersonRecorder>): Promise<PersonRecorder> {
    const person = await open();
    this.#open.add(person);
    return person;
  }

  async #close(person: PersonRecorder, startedAtMs: number, untilMs?: number): Promise<void> {
    await person.close(untilMs);
    if (!this.#open.delete(person)) return;
    const { counters, files, writtenBytes } = this.#past;
    this.#past = {
      files: thinnedFiles([...files, ...person.describe(startedAtMs)]),
      writtenBytes: writtenBytes + person.writtenBytes,
      counters: sumOfCounters(counters, person.counters),
    };
  }
}
