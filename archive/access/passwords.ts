import { randomBytes, type ScryptOptions, scrypt } from 'node:crypto';
import type { Clock } from '#service/clock.ts';
import { Guesses } from '#service/guesses.ts';
import { networkOf } from '#service/network-address.ts';
import { sameSecret } from '#service/secrets.ts';
import { Turns, type TurnsOptions } from '../work/turns.ts';

/** 32 MiB and about 0.1 s for each guess. */
const COST: ScryptOptions = { N: 2 ** 15, r: 8, p: 1, maxmem: 64 * 1024 * 1024 };
const KEY_BYTES = 32;

/** Two of the four threads that files are read with as well; a network may have both while nobody else asks. */
export const HASHING: TurnsOptions = { places: 2, placesOfOne: 2, maxWaiting: 200, maxWaitingOfOne: 4 };

/** Every check of a password or a key: who guesses is held back, and the slow hashing is shared out fairly. */
export class Passwords {
  readonly #guesses: Guesses;
  readonly #turns = new Turns(HASHING);

  constructor(clock: Pick<Clock, 'nowMs'>) {
    this.#guesses = new Guesses(clock);
  }

  /** How often somebody has been held back. */
  get refused(): number {
    return this.#guesses.refused;
  }

  /** @param address of whoever asks for it. @throws Fault `rate-limited` */
  hash(password: string, address: string): Promise<string> {
    return this.#turns.run(networkOf(address), {}, () => hashPassword(password));
  }

  /** @param secret names the account or link. @throws Fault `rate-limited` */
  async verify(secret: string, password: string, stored: string, address: string): Promise<boolean> {
    const isKnown = this.#guesses.isKnown(secret, address);
    const guess = this.#guesses.begin(secret, address);
    try {
      const isRight = await this.#turns.run(networkOf(address), { isKnown }, () =>
        verifyPassword(password, stored),
      );
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

/** `scrypt$<salt>$<key>`, both base64url. */
async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  return `scrypt$${salt.toString('base64url')}$${await derive(password, salt)}`;
}

/** Without holding anybody back. */
export async function verifyPassword(password: string, stored: string): Promise<boolean> {
  const [, salt = '', expected = ''] = stored.split('$');
  return sameSecret(await derive(password, Buffer.from(salt, 'base64url')), expected);
}

function derive(password: string, salt: Uint8Array): Promise<string> {
  return new Promise((resolve, reject) => {
    scrypt(password.normalize('NFC'), salt, KEY_BYTES, COST, (error, key) =>
      error ? reject(error) : resolve(key.toString('base64url')),
    );
  });
}
