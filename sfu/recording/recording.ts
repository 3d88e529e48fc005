import { Fault } from '#protocol/errors.ts';
import type { ProducerInfo } from '#protocol/people.ts';
import { type FactBody, FULL_WORDS } from '#protocol/recorder.ts';
import type { RecordingState } from '#protocol/recording-state.ts';
import type { Unrecording } from '../room/room-event.ts';
import { DoorsKeeper } from './doors-keeper.ts';
import { FactBudget } from './fact-budget.ts';
import { FactCourier } from './fact-courier.ts';
import { FactLog } from './fact-log.ts';
import { RecordedPerson } from './recorded-person.ts';
import type { RecorderLink } from './recorder-link.ts';
import type { RecordingOptions } from './recording-host.ts';
import { step } from './recording-machine.ts';
import {
  type Effect,
  type Event,
  faultOf,
  isSealed,
  isStopping,
  type Outcome,
  problemOf,
  recorderOf,
  type State,
  type StopReason,
  statusOf,
  writerOf,
} from './recording-states.ts';

/**
 * One recording, from Record to Stop: carries out what its machine says (`recording-machine.ts`), keeps its facts and who is
 * recorded, and brings whichever recorder has it to the state that is wanted, as often as one gets lost.
 */
export class Recording {
  readonly recordingId: string;
  readonly facts: FactLog;
  readonly doors: DoorsKeeper;
  readonly #options: RecordingOptions;
  readonly #people = new Map<string, RecordedPerson>();
  #state: State<RecorderLink> = { name: 'off' };
  /** Those that come while another one is carried out wait for it. */
  readonly #events: Event<RecorderLink>[] = [];
  #isBusy = false;
  readonly #courier: FactCourier;
  readonly #started = Promise.withResolvers<void>();
  readonly #stopped = Promise.withResolvers<void>();
  readonly #cancels = new Set<() => void>();

  constructor(options: RecordingOptions) {
    this.#options = options;
    this.recordingId = options.start.recordingId;
    const { clock, host, lastFact: before, log } = options;
    const { recordingId } = this;
    const budget = new FactBudget({ networkOf: (connectionId) => host.networkOf(connectionId) });
    this.facts = new FactLog({ before, budget, onFull: (kind) => host.full(kind) });
    this.#courier = new FactCourier({ recordingId, facts: this.facts, clock, log });
    this.doors = new DoorsKeeper(recordingId, log);
    // Who did not ask for a start, or a stop, learns of its end as everybody does.
    for (const { promise } of [this.#started, this.#stopped]) promise.catch(() => undefined);
  }

  get startedAtMs(): number {
    return this.#options.start.startedAtMs;
  }

  get status(): RecordingState['status'] {
    return statusOf(this.#state);
  }

  get recorderId(): string | undefined {
    return writerOf(this.#state)?.recorderId;
  }

  /**
   * Finds a recorder that opens the recording.
   * @param recorders to ask, one after the other
   * @throws Fault the last recorder's own when none of them could
   */
  start(recorders: readonly [RecorderLink, ...RecorderLink[]]): Promise<void> {
    this.#take({ type: 'record', recorders });
    return this.#started.promise;
  }

  /** Takes up what an SFU process before this one had started, on the recorder that still makes it. */
  takeUp(recorderId: string): void {
    this.#take({ type: 'take-up', recorderId, recorders: this.#options.directory.alive });
  }

  /** What happened just now, for the manifest. */
  fact(body: FactBody): void {
    if (isSealed(this.#state)) return;
    this.facts.append(body, this.#options.clock.nowMs());
    this.#courier.send();
  }

  /** This person is recorded, with exactly these producers. */
  record(connectionId: string, producers: readonly ProducerInfo[]): void {
    if (isStopping(this.#state)) return;
    if (this.facts.lacksAgreement(connectionId)) {
      this.#options.host.failed(connectionId, new Fault('recording-full', FULL_WORDS.consent));
      return;
    }
    this.#person(connectionId).want(producers);
  }

  unrecord(connectionId: string, why: Unrecording): void {
    if (this.#state.name === 'over') return;
    this.#person(connectionId).unwant(why);
    // The last one who was recorded no longer is: that is not left to the next heartbeat.
    if (!this.#options.host.isLit()) this.#take({ type: 'dark' });
  }

  /** Resolves when the recorder has ended these connections as it was told. @throws Fault `erasure-pending` */
  async closed(connectionIds: readonly string[]): Promise<void> {
    if (!writerOf(this.#state)) throw new Fault('erasure-pending');
    await Promise.all(connectionIds.map((connectionId) => this.#people.get(connectionId)?.closed()));
  }

  /** The media worker is gone, and everything on it. */
  mediaLost(): void {
    for (const person of this.#people.values()) person.mediaLost();
  }

  /**
   * Has every file completed. Whatever comes of it, the recording is over.
   * @throws Fault `recorder-lost`, or the recorder's own
   */
  stop(reason: StopReason): Promise<void> {
    this.#take({ type: 'stop', reason });
    return this.#stopped.promise;
  }

  #take(event: Event<RecorderLink>): void {
    this.#events.push(event);
    if (this.#isBusy) return;
    this.#isBusy = true;
    try {
      for (let next = this.#events.shift(); next; next = this.#events.shift()) this.#step(next);
    } finally {
      this.#isBusy = false;
    }
  }

  #step(event: Event<RecorderLink>): void {
    const before = this.status;
    const { effects, state } = step(this.#state, event, this.#options.clock.nowMs());
    this.#state = state;
    if (this.status !== before) this.#options.host.changed();
    for (const effect of effects) this.#carryOut(effect);
  }

  #carryOut(effect: Effect<RecorderLink>): void {
    const { directory, host } = this.#options;
    const look = () => this.#take({ type: 'look', recorders: directory.alive });
    switch (effect.type) {
      case 'begin':
        host.begin();
        this.#cancels.add(directory.watch(look));
        break;
      case 'ask':
        void this.#ask(effect.recorder);
        break;
      case 'serve':
        this.#serve(effect.recorder, effect.lastFact);
        break;
      case 'release':
        this.#release(effect.recorder);
        break;
      case 'stall':
        host.stalled();
        break;
      case 'wait':
        this.#later(effect.forMs, look);
        break;
      case 'hurry':
        this.#later(effect.withinMs, () => this.#take({ type: 'late' }));
        break;
      case 'drain':
        void this.#finish(this.#courier.drained(), 'drained');
        break;
      case 'seal':
        void this.#finish(this.#stopAt(effect.recorder, effect.reason), 'stopped');
        break;
      case 'end':
        this.#end(effect.outcome);
    }
  }

  async #ask(recorder: RecorderLink): Promise<void> {
    const { host, log, start } = this.#options;
    const { recorderId } = recorder;
    const { recordingId } = this;
    recorder.attach(recordingId, {
      heartbeat: (files) => {
        if (writerOf(this.#state) !== recorder) return;
        this.#take({ type: 'beat', recorder, isLit: host.heartbeat(files) });
        host.progressed();
      },
      lost: () => this.#gone('lost', recorder),
      missing: () => this.#gone('missing', recorder),
      ended: (error) => this.#take({ type: 'ended', recorder, error }),
      people: () => [...this.#people.values()].filter((person) => person.isWanted).length,
    });
    const opening = recorder.command('start', start);
    // What it is asked for next waits there until the recording is open; nobody waits here for the answer.
    for (const person of this.#people.values()) person.use(recorder);
    try {
      const { lastFact } = await opening;
      this.#take({ type: 'opened', recorder, lastFact });
    } catch (cause) {
      const fault = Fault.from(cause);
      log.warn('recorder-not-opened', { recordingId, recorderId, cause: fault.message });
      this.#take({ type: 'refused', recorder, cause: fault });
    }
  }

  #gone(type: 'lost' | 'missing', recorder: RecorderLink): void {
    const { directory, log } = this.#options;
    log.warn('recording-lost', { type, recordingId: this.recordingId, recorderId: recorder.recorderId });
    this.#take({ type, recorder, recorders: directory.alive });
  }

  #serve(recorder: RecorderLink, lastFact: number): void {
    const { recordingId } = this;
    recorder.opened(recordingId);
    this.#courier.opened(recorder, lastFact);
    this.doors.use(recorder);
    this.#options.log.info('recorder-opened', { recordingId, recorderId: recorder.recorderId });
    this.#started.resolve();
  }

  #release(recorder: RecorderLink): void {
    recorder.detach(this.recordingId);
    this.#courier.lost();
    this.doors.use(undefined);
    for (const person of this.#people.values()) person.use(undefined);
  }

  #stopAt(recorder: RecorderLink, reason: StopReason): Promise<unknown> {
    return recorder.command('stop', { recordingId: this.recordingId, reason, lastFact: this.facts.last });
  }

  /** One of the steps of a Stop. */
  async #finish(step: Promise<unknown>, done: 'drained' | 'stopped'): Promise<void> {
    try {
      await step;
      this.#take({ type: done });
    } catch (cause) {
      const fault = Fault.from(cause);
      const { recordingId } = this;
      if (this.#state.name === 'over') {
        this.#options.log.warn('recording-stopped-late', { recordingId, cause: fault.message });
      }
      this.#take({ type: 'failed', cause: fault });
    }
  }

  #end(outcome: Outcome): void {
    for (const cancel of this.#cancels) cancel();
    for (const person of this.#people.values()) person.end(outcome.how === 'complete');
    this.#people.clear();
    const fault = faultOf(outcome);
    this.#started.reject(fault ?? new Fault('recording-off'));
    if (fault) this.#stopped.reject(fault);
    else this.#stopped.resolve();
    this.#options.host.over(problemOf(outcome));
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
      isSealed: () => isSealed(this.#state),
      failed: (id, fault) => {
        // While it is being stopped the recorder rightly refuses what is still on the way.
        if (!isStopping(this.#state)) host.failed(id, fault);
      },
      succeeded: (id) => host.succeeded(id),
      factsTold: () => this.#courier.told(),
    });
    this.#people.set(connectionId, person);
    const recorder = recorderOf(this.#state);
    if (recorder) person.use(recorder);
    return person;
  }

  #later(delayMs: number, task: () => void): void {
    const cancel = this.#options.clock.after(delayMs, () => {
      this.#cancels.delete(cancel);
      task();
    });
    this.#cancels.add(cancel);
  }
}
