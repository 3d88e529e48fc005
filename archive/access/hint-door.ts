import { createHmac, randomBytes } from 'node:crypto';
import { Fault } from '#protocol/errors.ts';
import type { HintBody } from '#protocol/http/hints.ts';
import type { Clock } from '#service/clock.ts';
import { sameSecret } from '#service/secrets.ts';
import { isProof, makeNonce, proofOf } from '#service/token-proof.ts';

/** A hint follows its challenge at once. */
export const CHALLENGE_LIFETIME_MS = 30_000;
/** Used challenges that have not expired: only who knows the token adds to them, some hundred a second at most. */
const MAX_USED = 20_000;

/**
 * Takes hints from whoever proves RECORDER_TOKEN, each proof once. A challenge is kept by whoever asked for it, signed by
 * us: however many strangers ask, nothing grows here.
 */
export class HintDoor {
  readonly #token: string;
  readonly #clock: Clock;
  /** Of this process alone: a restart voids what it gave out. */
  readonly #key = randomBytes(32);
  /** With the time at which each expires anyway, the first to expire first. */
  readonly #used = new Map<string, number>();

  constructor(options: { token: string; clock: Clock }) {
    this.#token = options.token;
    this.#clock = options.clock;
  }

  challenge(): string {
    return this.#signed(`${Math.floor(this.#clock.nowMs())}.${makeNonce()}`);
  }

  /**
   * @returns our proof that we know the token too
   * @throws Fault `recorder-token-wrong`, `rate-limited`
   */
  take({ challenge, nonce, proof, recordingId }: HintBody): string {
    const expiresAtMs = this.#expiryOf(challenge);
    this.#forgetExpired();
    const parts = [challenge, nonce, recordingId];
    const isGood = expiresAtMs !== undefined && !this.#used.has(challenge);
    if (!isGood || !isProof(proof, this.#token, 'recorder-to-archive', parts)) {
      throw new Fault('recorder-token-wrong');
    }
    if (this.#used.size >= MAX_USED) throw new Fault('rate-limited');
    this.#used.set(challenge, expiresAtMs);
    return proofOf(this.#token, 'archive-to-recorder', parts);
  }

  /** Undefined for what we did not give out, or not lately. */
  #expiryOf(challenge: string): number | undefined {
    const [givenAt = '', nonce = ''] = challenge.split('.');
    if (!sameSecret(challenge, this.#signed(`${givenAt}.${nonce}`))) return undefined;
    const expiresAtMs = Number(givenAt) + CHALLENGE_LIFETIME_MS;
    return expiresAtMs > this.#clock.nowMs() ? expiresAtMs : undefined;
  }

  #signed(words: string): string {
    return `${words}.${createHmac('sha256', this.#key).update(words).digest('base64url')}`;
  }

  #forgetExpired(): void {
    for (const [challenge, expiresAtMs] of this.#used) {
      if (expiresAtMs > this.#clock.nowMs()) return;
      this.#used.delete(challenge);
    }
  }
}
