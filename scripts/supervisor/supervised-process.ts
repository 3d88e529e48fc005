import { Fault } from '#protocol/errors.ts';
import type { Clock } from '#service/clock.ts';
import type { Log } from '#service/log.ts';
import type { ReadyMessage } from '#service/supervised.ts';
import type { Exit, Launch, Run } from './launch.ts';
import { RestartPolicy } from './restart-policy.ts';

/** How long a process may take until it serves, at any start. */
const READY_LIMIT_MS = 60_000;

type State =
  | { name: 'idle' }
  | { name: 'starting'; run: Run; cancelLimit: () => void }
  | { name: 'serving'; run: Run; sinceMs: number }
  | { name: 'waiting'; cancel: () => void }
  | { name: 'stopping'; run: Run }
  | { name: 'stopped' };

/** One process that is kept alive: started, started again whenever it dies, and stopped on request. */
export class SupervisedProcess {
  readonly name: string;
  readonly #launch: Launch;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #policy: RestartPolicy;
  readonly #first = Promise.withResolvers<ReadyMessage>();
  readonly #end = Promise.withResolvers<void>();
  #state: State = { name: 'idle' };
  #hasServed = false;

  constructor(options: { name: string; launch: Launch; clock: Clock; log: Log; policy?: RestartPolicy }) {
    this.name = options.name;
    this.#launch = options.launch;
    this.#clock = options.clock;
    this.#log = options.log;
    this.#policy = options.policy ?? new RestartPolicy();
  }

  get state(): State['name'] {
    return this.#state.name;
  }

  /**
   * Starts the process for the first time; resolves with what it says when it serves.
   * @throws Fault `internal` when it ends before that: it is not started again, since it would fail again.
   */
  start(): Promise<ReadyMessage> {
    if (this.#state.name === 'idle') this.#run();
    return this.#first.promise;
  }

  /** Asks the process to stop, and kills it after `graceMs`; resolves when it is gone. */
  stop(graceMs: number): Promise<void> {
    const state = this.#state;
    if (state.name === 'starting' || state.name === 'serving') {
      if (state.name === 'starting') state.cancelLimit();
      this.#state = { name: 'stopping', run: state.run };
      state.run.stop();
      const cancelKill = this.#clock.after(graceMs, () => {
        this.#log.warn('process-killed', { process: this.name, graceMs });
        state.run.kill();
      });
      this.#end.promise.finally(cancelKill);
    } else if (state.name === 'waiting' || state.name === 'idle') {
      if (state.name === 'waiting') state.cancel();
      this.#finish();
    }
    return this.#end.promise;
  }

  #run(): void {
    const run = this.#launch({
      onReady: (message) => this.#ready(run, message),
      onExit: (exit) => this.#exited(exit),
    });
    const cancelLimit = this.#clock.after(READY_LIMIT_MS, () => {
      this.#log.error('process-not-ready', { process: this.name, limitMs: READY_LIMIT_MS });
      run.kill();
    });
    this.#state = { name: 'starting', run, cancelLimit };
  }

  #ready(run: Run, message: ReadyMessage): void {
    if (this.#state.name !== 'starting') return;
    this.#state.cancelLimit();
    this.#state = { name: 'serving', run, sinceMs: this.#clock.nowMs() };
    this.#hasServed = true;
    this.#first.resolve(message);
  }

  #exited(exit: Exit): void {
    const state = this.#state;
    if (state.name === 'stopping') {
      this.#finish();
      return;
    }
    if (state.name === 'starting') state.cancelLimit();
    const how = exit.signal ?? `status ${exit.code}`;
    if (!this.#hasServed) {
      this.#finish();
      this.#first.reject(
        new Fault('internal', `The ${this.name} could not start (${how}); its own words are above.`),
      );
      return;
    }
    const delayMs = this.#policy.died(state.name === 'serving' ? this.#clock.nowMs() - state.sinceMs : 0);
    this.#log.error('process-died', { process: this.name, how, restartInMs: delayMs });
    if (delayMs === 0) this.#run();
    else this.#state = { name: 'waiting', cancel: this.#clock.after(delayMs, () => this.#run()) };
  }

  #finish(): void {
    this.#state = { name: 'stopped' };
    this.#end.resolve();
  }
}
