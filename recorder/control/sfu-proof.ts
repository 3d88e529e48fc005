import type { Socket } from 'socket.io-client';
import { type ErrorBody, errorBodySchema, Fault } from '#protocol/errors.ts';
import {
  challengeSchema,
  PROOF_TIMEOUT_MS,
  provenParts,
  type RecorderHandshake,
  welcomeSchema,
} from '#protocol/recorder.ts';
import type { Clock } from '#service/clock.ts';
import { isProof, makeNonce, proofOf } from '#service/token-proof.ts';

type State =
  | { name: 'apart' }
  | { name: 'greeting'; handshake: RecorderHandshake; giveUp: () => void }
  | { name: 'answered'; parts: (string | number)[]; giveUp: () => void }
  | { name: 'proven' };

/** Proves to the SFU that we know the token, and has it prove the same to us; anew with every connection. */
export class SfuProof {
  readonly #token: string;
  readonly #clock: Clock;
  readonly #proven: (error: ErrorBody | undefined) => void;
  #state: State = { name: 'apart' };

  /** @param options.proven is told once for each connection how it came out */
  constructor(options: { token: string; clock: Clock; proven: (error: ErrorBody | undefined) => void }) {
    this.#token = options.token;
    this.#clock = options.clock;
    this.#proven = options.proven;
  }

  get isProven(): boolean {
    return this.#state.name === 'proven';
  }

  /** A connection is being made. @returns what to say in the handshake */
  begin(told: Omit<RecorderHandshake, 'nonce'>): RecorderHandshake {
    this.end();
    const handshake = { ...told, nonce: makeNonce() };
    const giveUp = this.#clock.after(PROOF_TIMEOUT_MS, () => this.#fail(new Fault('timeout').toBody()));
    this.#state = { name: 'greeting', handshake, giveUp };
    return handshake;
  }

  listenTo(socket: Socket): void {
    socket.on('challenge', (data: unknown, answer: unknown) => {
      const challenge = challengeSchema.safeParse(data);
      // Answered once for each of our nonces.
      if (this.#state.name !== 'greeting' || !challenge.success || typeof answer !== 'function') return;
      const { giveUp, handshake } = this.#state;
      const parts = provenParts(handshake, challenge.data.nonce);
      this.#state = { name: 'answered', parts, giveUp };
      answer({ proof: proofOf(this.#token, 'recorder-to-sfu', parts) });
    });
    socket.on('welcome', (data: unknown) => {
      if (this.#state.name !== 'answered') return;
      const { giveUp, parts } = this.#state;
      const welcome = welcomeSchema.safeParse(data);
      if (!welcome.success || !isProof(welcome.data.proof, this.#token, 'sfu-to-recorder', parts)) {
        this.#fail(new Fault('recorder-token-wrong').toBody());
        return;
      }
      giveUp();
      this.#state = { name: 'proven' };
      this.#proven(undefined);
    });
    socket.on('refused', (data: unknown) => {
      this.#fail(errorBodySchema.safeParse(data).data ?? new Fault('recorder-token-wrong').toBody());
    });
  }

  /** The connection is gone. @returns whether both had proved themselves */
  end(): boolean {
    const wasProven = this.isProven;
    if ('giveUp' in this.#state) this.#state.giveUp();
    this.#state = { name: 'apart' };
    return wasProven;
  }

  #fail(error: ErrorBody): void {
    if (this.#state.name === 'apart' || this.isProven) return;
    this.end();
    this.#proven(error);
  }
}
