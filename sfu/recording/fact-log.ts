import type { Consent } from '#protocol/people.ts';
import { answeredFor, type Fact, type FactBody, type FullKind } from '#protocol/recorder.ts';
import { FactBudget, kindOfFact } from './fact-budget.ts';

type Joined = Extract<FactBody, { type: 'joined' }>;

/** What has happened in a recording, numbered from 1 without holes; kept until it ends, for whoever must hear it again. */
export class FactLog {
  readonly #facts: Fact[] = [];
  readonly #budget: FactBudget;
  readonly #before: number;
  readonly #onFull: (kind: FullKind) => void;
  readonly #full = new Set<FullKind>();
  /** Who is there, and is told of only when they answer. */
  readonly #later = new Map<string, { joined: Joined; atMs: number }>();
  /** Who agreed when there was no room for it: nobody is recorded whose agreement is not in the ledger. */
  readonly #unledgered = new Set<string>();
  /** Facts for which there was no room. */
  dropped = 0;

  /**
   * @param options.before the last fact of an SFU process before this one, which the recorder has already
   * @param options.onFull told once of each kind of which no more is kept
   */
  constructor(options: { before?: number; budget?: FactBudget; onFull?: (kind: FullKind) => void } = {}) {
    this.#before = options.before ?? 0;
    this.#budget = options.budget ?? new FactBudget();
    this.#onFull = options.onFull ?? (() => undefined);
  }

  /** The last number given; 0 when nothing has happened yet. */
  get last(): number {
    return this.#before + this.#facts.length;
  }

  /** @returns whether there was room, or nothing is to be told yet; the first time that there is none, that is a fact too */
  append(body: FactBody, atMs: number): boolean {
    // Of who is not recorded nothing is told but that they are there, and what they answer.
    const isAbout = body.type === 'chat' || body.type === 'paused';
    if (isAbout && this.#unledgered.has(body.connectionId)) return true;
    const verdict = this.#budget.take(body);
    if (body.type === 'consent') {
      for (const connectionId of answeredFor(body)) {
        if (verdict === 'full' && body.consent === 'accepted') this.#unledgered.add(connectionId);
        else this.#unledgered.delete(connectionId);
      }
    }
    if (verdict === 'later') this.#putOff(body, atMs);
    if (verdict === 'full') this.#drop(kindOfFact(body), atMs);
    if (verdict === 'kept') {
      this.#pushPutOff(body);
      this.#push(body, atMs);
    }
    return verdict !== 'full';
  }

  /** They have agreed, and that is not in the ledger. */
  lacksAgreement(connectionId: string): boolean {
    return this.#unledgered.has(connectionId);
  }

  /** Somebody of whom an SFU process before this one has told. */
  takeUp(connectionId: string, consent: Consent | undefined): void {
    this.#budget.takeUp(connectionId, consent);
  }

  /** At most `count` facts after this number. */
  after(seq: number, count: number): readonly Fact[] {
    const from = Math.max(0, seq - this.#before);
    return this.#facts.slice(from, from + count);
  }

  #drop(kind: FullKind, atMs: number): void {
    this.dropped += 1;
    if (this.#full.has(kind)) return;
    this.#full.add(kind);
    this.#push({ type: 'full', kind }, atMs);
    this.#onFull(kind);
  }

  #putOff(body: FactBody, atMs: number): void {
    if (body.type === 'joined') this.#later.set(body.connectionId, { joined: body, atMs });
    if (body.type === 'left') this.#later.delete(body.connectionId);
    const before = body.type === 'role' ? this.#later.get(body.connectionId) : undefined;
    if (body.type === 'role' && before) before.joined = { ...before.joined, role: body.role };
  }

  /** Who they are, and since when they are there, comes before what they answer. */
  #pushPutOff(body: FactBody): void {
    const before = body.type === 'consent' ? this.#later.get(body.connectionId) : undefined;
    if (!before) return;
    this.#later.delete(before.joined.connectionId);
    this.#push(before.joined, before.atMs);
  }

  #push(body: FactBody, atMs: number): void {
    this.#facts.push({ ...body, seq: this.last + 1, atMs: Math.round(atMs) });
  }
}
