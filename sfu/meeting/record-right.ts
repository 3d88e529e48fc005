import { Fault } from '#protocol/errors.ts';
import type { Clock } from '#service/clock.ts';
import { Guesses } from '#service/guesses.ts';
import { sameSecret } from '#service/secrets.ts';
import type { Policy } from '#service/who-may.ts';
import type { Visitor } from './visitor.ts';

/** Who may start a recording, beyond being the host. A token that says `mayRecord` is enough, whoever signed it. */
export class RecordRight {
  readonly #policy: Policy;
  readonly #guesses: Guesses;

  constructor(policy: Policy, clock: Pick<Clock, 'nowMs'>) {
    this.#policy = policy;
    this.#guesses = new Guesses(clock);
  }

  /** @throws Fault `record-admin-only`, `record-key-needed`, `record-key-wrong`, `rate-limited` */
  check({ address, claims }: Pick<Visitor, 'address' | 'claims'>, key: string | undefined): void {
    const policy = this.#policy;
    if (policy.who === 'anyone' || claims.mayRecord === true) return;
    if (policy.who === 'admin') throw new Fault('record-admin-only');
    if (key === undefined) throw new Fault('record-key-needed');
    const guess = this.#guesses.begin('record-key', address);
    if (!sameSecret(key, policy.key)) throw new Fault('record-key-wrong');
    guess.right();
  }
}
