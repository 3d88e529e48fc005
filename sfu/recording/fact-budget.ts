import { answeredFor, type FactBody, type FullKind } from '../../protocol/recorder.ts';
import { Allowance, type AllowanceLimits } from '../../service/allowance.ts';

/** People of one recording, whoever of them came back under another id counted again: what each may add follows. */
export const MAX_PEOPLE_PER_RECORDING = 3000;
const people = MAX_PEOPLE_PER_RECORDING;

export type FactLimits = Record<FullKind, AllowanceLimits>;

/** Of facts, unless it says bytes. */
export const FACT_LIMITS: FactLimits = {
  /** Coming, going, roles, and what they call the meeting. */
  people: { people, own: 4, common: 8000, each: 400 },
  /** An answer, a change of mind and its end are always there for everybody. */
  consent: { people, own: 6, common: 4000, each: 100 },
  /** Bytes: some 20,000 messages of 150 characters. */
  chat: { people, own: 0, common: 3 * 1024 * 1024, each: 512 * 1024 },
  /** Bytes, nobody's in particular: a day of lively talk is 30,000 of some 100. */
  speakers: { people: 1, own: 0, common: 3 * 1024 * 1024, each: 3 * 1024 * 1024 },
  /** Twelve hours of a hundred people who mute themselves twice in five minutes. */
  pauses: { people, own: 50, common: 40_000, each: 2000 },
  /** Media workers that died. */
  epochs: { people: 1, own: 0, common: 1000, each: 1000 },
};

const EVERYBODY = '';
/** Of JSON around what varies. */
const CHAT_BYTES = 200;
const SPEAKERS_BYTES = 60;
const SPEAKER_BYTES = 12;

/**
 * What facts of one recording there is room for. Each kind has its own, so that none uses up another's. What ends something
 * has its place from the moment it begins: whoever's agreement is in the ledger can take it back, and who came can go.
 */
export class FactBudget {
  readonly #allowances: Record<FullKind, Allowance>;
  /** People whose coming, or whose agreement, is noted, and its end is not. */
  readonly #open = { people: new Set<string>(), consent: new Set<string>() };

  constructor(limits: FactLimits = FACT_LIMITS) {
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
  take(fact: FactBody): boolean {
    switch (fact.type) {
      case 'joined':
        return this.#begin('people', fact.connectionId);
      case 'left':
        return this.#end('people', fact.connectionId);
      case 'consent':
        return fact.consent === 'accepted'
          ? this.#begin('consent', fact.connectionId)
          : // A wish is noted of all of a person's connections, or of none.
            answeredFor(fact).every((connectionId) => this.#end('consent', connectionId));
      case 'role':
      case 'renamed':
        return this.#allowances.people.take(fact.connectionId, 1);
      case 'chat':
        return this.#allowances.chat.take(fact.connectionId, Buffer.byteLength(fact.text) + CHAT_BYTES);
      case 'speakers':
        return this.#allowances.speakers.take(EVERYBODY, speakersBytes(fact.connectionIds));
      case 'paused':
      case 'away':
        return this.#allowances.pauses.take(fact.connectionId, 1);
      case 'epoch':
        return this.#allowances.epochs.take(EVERYBODY, 1);
      case 'full':
        // One of each kind.
        return true;
    }
  }

  /** Takes the room of its end along. */
  #begin(kind: 'people' | 'consent', connectionId: string): boolean {
    const open = this.#open[kind];
    // Its end has its place already: it is the next one's then.
    const amount = open.has(connectionId) ? 1 : 2;
    if (!this.#allowances[kind].take(connectionId, amount)) return false;
    open.add(connectionId);
    return true;
  }

  #end(kind: 'people' | 'consent', connectionId: string): boolean {
    return this.#open[kind].delete(connectionId) || this.#allowances[kind].take(connectionId, 1);
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
