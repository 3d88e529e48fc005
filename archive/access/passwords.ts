import type { Clock } from '#service/clock.ts';
import { Guesses } from '#service/guesses.ts';
import { sameSecret } from '#service/secrets.ts';
import { hashPassword, verifyPassword } from '../app/password.ts';
import { Turns } from './turns.ts';

/** Every check of a password or a key: who guesses is held back, and the slow hashing is shared out fairly. */
export class Passwords {
  readonly #guesses: Guesses;
  readonly #turns = new Turns();

  constructor(clock: Pick<Clock, 'nowMs'>) {
    this.#guesses = new Guesses(clock);
  }

  /** How often somebody has been held back. */
  get refused(): number {
    return this.#guesses.refused;
  }

  /** @param address of whoever asks for it. @throws Fault `rate-limited` */
  hash(password: string, address: string): Promise<string> {
    return this.#turns.run(address, false, () => hashPassword(password));
  }

  /** @param secret names the account or link. @throws Fault `rate-limited` */
  async verify(secret: string, password: string, stored: string, address: string): Promise<boolean> {
    const isKnown = this.#guesses.isKnown(secret, address);
    const guess = this.#guesses.begin(secret, address);
    try {
      const isRight = await this.#turns.run(address, isKnown, () => verifyPassword(password, stored));
      if (isRight) guess.right();
      return isRight;
    } catch (cause) {
      guess.withdrawn();
      throw cause;
    }
  }

  /** The same for a key of the configuration, which is not stored hashed. @throws Fault `rate-limited` */
  verifyKey(secret: string, given: string, expected: string, address: string): boolean {
    const guess = this.#guesses.begin(secret, address);
    const isRight = sameSecret(given, expected);
    if (isRight) guess.right();
    return isRight;
  }
}
