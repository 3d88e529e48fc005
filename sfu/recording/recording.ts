import { type ErrorBody, Fault } from '#protocol/errors.ts';
import type { Consent, ProducerInfo } from '#protocol/people.ts';
import { answeredFor, type FactBody, FULL_WORDS, type RecorderCommandParams } from '#protocol/recorder.ts';
import { inTime } from '#service/in-time.ts';
import type { Unrecording } from '../room/room-event.ts';
import { DoorsKeeper } from './doors-keeper.ts';
import { FactBudget } from './fact-budget.ts';
import { FactLog } from './fact-log.ts';
import { FactSender } from './fact-sender.ts';
import { RecordedPerson } from './recorded-person.ts';
import type { RecorderLink } from './recorder-link.ts';
import type { RecordingOptions } from './recording-host.ts';

/**
 * A lost recorder is waited for this long, which is what it needs to start again, before others are asked. They refuse
 * until they have watched its lock for 10 s, and begin to watch when they are asked.
 */
export const RESUME_ELSEWHERE_MS = 3000;
/** A recorder that does not take the recording up is asked again after this. */
const RETRY_MS = 1000;
/** Facts that the recorder refused are offered again after this. */
const FACTS_RETRY_MS = 1000;

/**
 * Stop is answered within this, whatever became of the recorder [END3]. One that is there answers sooner; one that never
 * heard of it is told again with its next heartbeat (`orphan-recordings.ts`).
 */
export const STOP_WITHIN_MS = 2000;

/**
 * One recording, from Record to Stop: keeps its facts and who is recorded, finds a recorder, and brings that recorder
 * (or its successor) to the state that is wanted, as often as it gets lost.
 */
export class Recording {
  readonly recordingId: string;
  readonly facts: FactLog;
  readonly doors: DoorsKeeper;
  readonly #options: RecordingOptions;
  readonly #people = new Map<string, RecordedPerson>();
  /** Who agreed when the ledger had no room for it: nobody is recorded whose agreement is not in it. */
  readonly #unledgered = new Set<string>();
  #link: RecorderLink | undefined;
  /** The recorder that is being asked to take the recording up. */
  #candidate: RecorderLink | undefined;
  #sender: FactSender | undefined;
  #lastRecorder: { recorderId: string; lostAtMs: number } | undefined;
  /** Places taken on `#link`. */
  #counted = 0;
  #starting: Promise<void> | undefined;
  #stopping: Promise<void> | undefined;
  /** Stop has been sent: what happens now is no longer part of the recording. */
  #sealed = false;
  #over = false;
  readonly #cancels = new Set<() => void>();

  constructor(options: RecordingOptions) {
    this.#options = options;
    this.recordingId = options.start.recordingId;
    const { host, lastFact: before } = options;
    const budget = new FactBudget({ networkOf: (connectionId) => host.networkOf(connectionId) });
    this.facts = new FactLog({ before, budget, onFull: (kind) => host.full(kind) });
    this.doors = new DoorsKeeper(this.recordingId, options.log);
  }

  get startedAtMs(): number {
    return this.#options.start.startedAtMs;
  }

  get recorderId(): string | undefined {
    return this.#link?.recorderId;
  }

  /**
   * Finds a recorder that opens the recording.
   * @throws Fault `no-recorder`, `recorder-full`; the last recorder's own when none of them could
   */
  start(): Promise<void> {
    this.#starting ??= this.#start();
    return this.#starting;
  }

  async #start(): Promise<void> {
    let failure: unknown;
    for (const link of this.#options.directory.candidates()) {
      try {
        await this.#attach(link);
        this.#cancels.add(this.#options.directory.watch(() => this.#seek()));
        return;
      } catch (cause) {
        failure = cause;
        this.#options.log.warn('recorder-did-not-start', {
          recordingId: this.recordingId,
          recorderId: link.recorderId,
          cause: (cause as Error).message,
        });
      }
    }
    throw failure;
  }

  /** Takes up what an SFU process before this one had started, on the recorder that still makes it. */
  takeUp(
    recorderId: string,
    people: readonly { connectionId: string; consent?: Consent | undefined }[],
  ): void {
    for (const { connectionId, consent } of people) this.facts.takeUp(connectionId, consent);
    this.#lastRecorder = { recorderId, lostAtMs: this.#options.clock.nowMs() };
    this.#cancels.add(this.#options.directory.watch(() => this.#seek()));
    this.#seek();
  }

  /** What happened just now, for the manifest. */
  fact(body: FactBody): void {
    if (this.#over || this.#sealed) return;
    // Of who is not recorded nothing is told but that they are there, and what they answer.
    const isAbout = body.type === 'chat' || body.type === 'paused';
    if (isAbout && this.#unledgered.has(body.connectionId)) return;
    const isKept = this.facts.append(body, this.#options.clock.nowMs());
    if (body.type === 'consent') {
      for (const connectionId of answeredFor(body)) {
        if (isKept || body.consent !== 'accepted') this.#unledgered.delete(connectionId);
        else this.#unledgered.add(connectionId);
      }
    }
    this.#sendFacts();
  }

  /** This person is recorded, with exactly these producers. */
  record(connectionId: string, producers: readonly ProducerInfo[]): void {
    if (this.#over || this.#stopping) return;
    if (this.#unledgered.has(connectionId)) {
      this.#options.host.failed(connectionId, new Fault('recording-full', FULL_WORDS.consent));
      return;
    }
    this.#person(connectionId).want(producers);
    this.#count();
  }

  unrecord(connectionId: string, why: Unrecording): void {
    if (this.#over) return;
    this.#person(connectionId).unwant(why);
    this.#count();
  }

  /** Resolves when the recorder has ended these connections as it was told. @throws Fault `erasure-pending` */
  async closed(connectionIds: readonly string[]): Promise<void> {
    if (!this.#link) throw new Fault('erasure-pending');
    await Promise.all(connectionIds.map((connectionId) => this.#people.get(connectionId)?.closed()));
  }

  /** The media worker is gone, and everything on it. */
  mediaLost(): void {
    for (const person of this.#people.values()) person.mediaLost();
  }

  /**
   * Has every file completed. Whatever comes of it, the recording is over. Memoised.
   * @throws Fault `recorder-lost`, or the recorder's own
   */
  stop(reason: RecorderCommandParams<'stop'>['reason']): Promise<void> {
    this.#stopping ??= this.#stopInTime(reason).then(
      () => this.close(true),
      (cause: unknown) => {
        this.close();
        throw cause;
      },
    );
    return this.#stopping;
  }

  /** Lets go of the recorder and closes all media to it. @param isCarriedOut the recorder has done all that it was told */
  close(isCarriedOut = false): void {
    this.#over = true;
    for (const cancel of this.#cancels) cancel();
    for (const person of this.#people.values()) person.end(isCarriedOut);
    this.#people.clear();
    this.#count();
    this.#link?.detach(this.recordingId);
    this.#candidate?.detach(this.recordingId);
    this.#link = undefined;
    this.doors.use(undefined);
  }

  async #stopInTime(reason: RecorderCommandParams<'stop'>['reason']): Promise<void> {
    const { clock, log } = this.#options;
    const stopped = this.#stop(reason);
    if (await inTime(clock, STOP_WITHIN_MS, stopped)) return;
    stopped.catch((cause: Error) =>
      log.warn('recording-stopped-late', { recordingId: this.recordingId, cause: cause.message }),
    );
    throw new Fault('recorder-lost', 'The recorder did not answer. It completes the files by itself.');
  }

  async #stop(reason: RecorderCommandParams<'stop'>['reason']): Promise<void> {
    await this.#starting;
    const [link, sender] = [this.#link, this.#sender];
    if (!link || !sender) throw new Fault('recorder-lost');
    while (sender.isBehind) await sender.flush();
    this.#sealed = true;
    await link.command('stop', { recordingId: this.recordingId, reason, lastFact: this.facts.last });
  }

  async #attach(link: RecorderLink): Promise<void> {
    this.#candidate = link;
    link.attach(this.recordingId, {
      heartbeat: (files) => {
        if (this.#link === link) this.#options.host.heartbeat(files);
      },
      lost: () => this.#lost(link),
      missing: () => {
        // What is being stopped is not made any more, as it was told.
        if (!this.#stopping) this.#lost(link);
      },
      ended: (error) => this.#endedByRecorder(error),
    });
    try {
      const starting = link.command('start', this.#options.start);
      // What it is asked for next waits there until the recording is open; nobody waits here for the answer.
      for (const person of this.#people.values()) person.use(link);
      const { lastFact } = await starting;
      if (this.#over) throw new Fault('recording-off');
      link.opened(this.recordingId);
      this.#link = link;
      this.#sender = new FactSender(this.facts, link, this.recordingId, lastFact);
      this.#sendFacts();
      this.doors.use(link);
      this.#count();
    } catch (cause) {
      link.detach(this.recordingId);
      for (const person of this.#people.values()) person.use(undefined);
      throw cause;
    } finally {
      this.#candidate = undefined;
    }
  }

  #lost(link: RecorderLink): void {
    link.detach(this.recordingId);
    if (this.#link !== link) return;
    const { clock, host, log } = this.#options;
    log.warn('recording-lost', { recordingId: this.recordingId, recorderId: link.recorderId });
    link.people -= this.#counted;
    this.#counted = 0;
    this.#link = undefined;
    this.doors.use(undefined);
    this.#sender = undefined;
    this.#lastRecorder = { recorderId: link.recorderId, lostAtMs: clock.nowMs() };
    for (const person of this.#people.values()) person.use(undefined);
    host.lost();
    this.#later(RESUME_ELSEWHERE_MS, () => this.#seek());
    // One that is there, and does not make it, can be asked at once.
    if (link.alive) this.#seek();
  }

  /** Takes the recording up again, on the recorder that had it or, after a while, on another one. */
  #seek(): void {
    if (this.#over || this.#stopping || this.#link || this.#candidate || !this.#lastRecorder) return;
    const { clock, directory, log } = this.#options;
    const { recorderId, lostAtMs } = this.#lastRecorder;
    const mayMove = clock.nowMs() - lostAtMs >= RESUME_ELSEWHERE_MS;
    const same = directory.alive.find((link) => link.recorderId === recorderId);
    const other = directory.alive
      .filter((link) => link.free > 0)
      .sort((a, b) => b.expectedRoom - a.expectedRoom)[0];
    const link = same ?? (mayMove ? other : undefined);
    if (!link) return;
    this.#attach(link).then(
      () => log.info('recording-resumed', { recordingId: this.recordingId, recorderId: link.recorderId }),
      (cause: Error) => {
        if (this.#over) return;
        log.warn('recording-not-resumed', { recordingId: this.recordingId, cause: cause.message });
        this.#later(RETRY_MS, () => this.#seek());
      },
    );
  }

  #endedByRecorder(error: ErrorBody): void {
    if (this.#over) return;
    this.close();
    this.#options.host.ended(error);
  }

  #sendFacts(): void {
    const sender = this.#sender;
    sender?.flush().catch((cause) => {
      const fault = Fault.from(cause);
      if (this.#over || this.#sender !== sender || fault.code === 'recorder-lost') return;
      this.#options.log.error('facts-refused', { recordingId: this.recordingId, cause: fault.message });
      this.#later(FACTS_RETRY_MS, () => this.#sendFacts());
    });
  }

  #person(connectionId: string): RecordedPerson {
    const known = this.#people.get(connectionId);
    if (known) return known;
    const { clock, host } = this.#options;
    const person = new RecordedPerson({
      recordingId: this.recordingId,
      connectionId,
      clock,
      openPath: () => host.openPath(connectionId),
      takePlace: () => host.takePlace(connectionId),
      isSealed: () => this.#sealed,
      failed: (id, fault) => {
        // While it is being stopped the recorder rightly refuses what is still on the way.
        if (!this.#stopping && !this.#over) host.failed(id, fault);
      },
      succeeded: (id) => host.succeeded(id),
      factsTold: async () => this.#sender?.flush(),
    });
    this.#people.set(connectionId, person);
    const link = this.#link ?? this.#candidate;
    if (link) person.use(link);
    return person;
  }

  /** Takes as many places on the recorder as people are recorded. */
  #count(): void {
    const people = [...this.#people.values()].filter((person) => person.isWanted).length;
    if (!this.#link) return;
    this.#link.people += people - this.#counted;
    this.#counted = people;
  }

  #later(delayMs: number, task: () => void): void {
    const cancel = this.#options.clock.after(delayMs, () => {
      this.#cancels.delete(cancel);
      task();
    });
    this.#cancels.add(cancel);
  }
}
