import type { Consent } from '#protocol/people.ts';
import { answeredFor, type FactBody, type FullKind } from '#protocol/recorder.ts';
import { Allowance, type AllowanceLimits } from '#service/allowance.ts';
import type { Claimant } from '#service/fair-shares.ts';
import { PLACES, RecordedPlaces, type Standing } from './recorded-places.ts';

/** Whoever came back under another id counted again: what each may add follows. */
const people = PLACES.agreed + PLACES.refused + PLACES.silent;

export type FactLimits = Record<FullKind, AllowanceLimits>;

/** Of facts, unless it says bytes. */
export const FACT_LIMITS: FactLimits = {
  /** Coming, going, roles, and what they call the meeting. */
  people: { people, own: 4, common: 8000, each: 400 },
  /** An answer, a change of mind and its end are always there for everybody. */
  consent: { people, own: 6, common: 4000, each: 100 },
  /** Bytes: some 20,000 messages of 150 characters, and a short one of everybody's. */
  chat: { people, own: 400, common: 2.5 * 1024 * 1024, each: 512 * 1024 },
  /** Bytes, nobody's in particular: a day of lively talk is 30,000 of some 100. */
  speakers: { people: 1, own: 0, common: 3 * 1024 * 1024, each: 3 * 1024 * 1024 },
  /** Twelve hours of a hundred people who mute themselves twice in five minutes. */
  pauses: { people, own: 50, common: 40_000, each: 2000 },
  /** Media workers that died. */
  epochs: { people: 1, own: 0, common: 1000, each: 1000 },
};

type PersonFact = Extract<FactBody, { connectionId: string }>;
type Answer = Extract<FactBody, { type: 'consent' }>;

const EVERYBODY = '';
/** Of JSON around what varies. */
const CHAT_BYTES = 200;
const SPEAKERS_BYTES = 60;
const SPEAKER_BYTES = 12;

export interface FactBudgetOptions {
  limits?: FactLimits;
  places?: Record<Standing, number>;
  /** Of a connection that is in; undefined when it has no limit of its own. */
  networkOf?(connectionId: string): string | undefined;
}

/** `later`: of somebody who says nothing there is no room to tell that they are there; it is told when they answer. */
export type Verdict = 'kept' | 'later' | 'full';

/**
 * What facts of one recording there is room for. Each kind has its own, so that none uses up another's. What ends something
 * has its place from the moment it begins: whoever's agreement is in the ledger can take it back, and who came can go. Places,
 * and what is common, are shared out by network and by person, under however many connection ids they come.
 */
export class FactBudget {
  readonly #allowances: Record<FullKind, Allowance>;
  readonly #places: RecordedPlaces;
  readonly #networkOf: (connectionId: string) => string | undefined;
  /** Whom those are charged to of whom nothing is noted before they answer. */
  readonly #later = new Map<string, Claimant>();
  /** People whose coming, or whose agreement, is noted, and its end is not. */
  readonly #open = { people: new Set<string>(), consent: new Set<string>() };

  constructor({ limits = FACT_LIMITS, networkOf, places }: FactBudgetOptions = {}) {
    this.#networkOf = networkOf ?? (() => undefined);
    this.#places = new RecordedPlaces(places);
    this.#allowances = {
      people: new Allowance(limits.people),
      consent: new Allowance(limits.consent),
      chat: new Allowance(limits.chat),
      speakers: new Allowance(limits.speakers),
      pauses: new Allowance(limits.pauses),
      epochs: new Allowance(limits.epochs),
    };
  }

  /** Whether there is room; it is taken then. */
  take(fact: FactBody): Verdict {
    switch (fact.type) {
      case 'speakers':
        return verdict(this.#allowances.speakers.take(EVERYBODY, speakersBytes(fact.connectionIds)));
      case 'epoch':
        return verdict(this.#allowances.epochs.take(EVERYBODY, 1));
      case 'full':
        // One of each kind.
        return 'kept';
      case 'consent':
        if (fact.consent !== 'pending') return verdict(this.#answer(fact));
    }
    if (this.#isHere(fact)) return verdict(this.#takeOf(fact));
    if (fact.type === 'left') this.#later.delete(fact.connectionId);
    return 'later';
  }

  /** Somebody of whom an SFU process before this one has told. */
  takeUp(connectionId: string, consent: Consent | undefined): void {
    this.#places.take(connectionId, standingOf(consent), {});
    if (consent === 'accepted') this.#begin('consent', connectionId);
  }

  /** Whether they have a place, or there is one for somebody who says nothing. */
  #isHere(fact: PersonFact): boolean {
    const { connectionId } = fact;
    const claimant = this.#later.get(connectionId) ?? this.#newClaimant(fact);
    if (this.#places.take(connectionId, 'silent', claimant)) return true;
    if (fact.type === 'joined') this.#later.set(connectionId, claimant);
    return false;
  }

  #newClaimant(fact: PersonFact): Claimant {
    // A subject is theirs in every browser, and comes last.
    const person = fact.type === 'joined' ? fact.marks?.at(-1) : undefined;
    return { network: this.#networkOf(fact.connectionId), person };
  }

  #takeOf(fact: PersonFact): boolean {
    const { connectionId } = fact;
    switch (fact.type) {
      case 'joined':
        return this.#begin('people', connectionId);
      case 'left':
        return this.#end('people', connectionId);
      case 'consent':
        return this.#end('consent', connectionId);
      case 'role':
      case 'renamed':
        return this.#spend('people', connectionId, 1);
      case 'chat':
        return this.#spend('chat', connectionId, Buffer.byteLength(fact.text) + CHAT_BYTES);
      case 'paused':
      case 'away':
        return this.#spend('pauses', connectionId, 1);
    }
  }

  #answer(fact: Answer): boolean {
    const { connectionId, consent } = fact;
    const claimant = this.#later.get(connectionId) ?? this.#newClaimant(fact);
    const hasPlace = this.#places.take(connectionId, standingOf(consent), claimant);
    // A “no” may stay where a silence was.
    if (!hasPlace && (consent === 'accepted' || !this.#places.has(connectionId))) return false;
    if (this.#later.delete(connectionId)) this.#begin('people', connectionId);
    if (consent === 'accepted') return this.#begin('consent', connectionId);
    // A wish is noted of all of a person's connections, or of none. Of who never had a place nothing is recorded.
    const about = answeredFor(fact).filter((one) => this.#places.has(one));
    return about.every((one) => this.#end('consent', one));
  }

  /** Takes the room of its end along. */
  #begin(kind: 'people' | 'consent', connectionId: string): boolean {
    const open = this.#open[kind];
    // Its end has its place already: it is the next one's then.
    const amount = open.has(connectionId) ? 1 : 2;
    if (!this.#spend(kind, connectionId, amount)) return false;
    open.add(connectionId);
    return true;
  }

  #end(kind: 'people' | 'consent', connectionId: string): boolean {
    return this.#open[kind].delete(connectionId) || this.#spend(kind, connectionId, 1);
  }

  #spend(kind: FullKind, connectionId: string, amount: number): boolean {
    return this.#allowances[kind].take(connectionId, amount, this.#places.claimantOf(connectionId));
  }
}

/** The kind of a fact, as its room is counted. */
export function kindOfFact({ type }: FactBody): FullKind {
  switch (type) {
    case 'joined':
    case 'left':
    case 'role':
    case 'renamed':
      return 'people';
    case 'paused':
    case 'away':
      return 'pauses';
    case 'epoch':
    case 'full':
      return 'epochs';
    default:
      return type;
  }
}

function speakersBytes(connectionIds: readonly string[]): number {
  return connectionIds.reduce((sum, { length }) => sum + length + SPEAKER_BYTES, SPEAKERS_BYTES);
}

function verdict(isKept: boolean): Verdict {
  return isKept ? 'kept' : 'full';
}

function standingOf(consent: Consent | undefined): Standing {
  if (consent === 'accepted') return 'agreed';
  return consent === 'declined' || consent === 'withdrawn' ? 'refused' : 'silent';
}
