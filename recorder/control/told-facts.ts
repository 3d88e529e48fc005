import type { Manifest } from '#protocol/manifest.ts';
import {
  answeredFor,
  type Fact,
  FULL_WORDS,
  type FullKind,
  PEOPLE_DESCRIBED_AT_ONCE,
  type RecorderCommandResult,
} from '#protocol/recorder.ts';
import { Absences } from './absences.ts';
import { ManifestList } from './manifest-list.ts';

const MIB = 1024 * 1024;

/**
 * What the manifest holds of each kind at most. The SFU keeps to less (sfu/recording/fact-budget.ts): these bounds hold
 * whatever it sends, and however often it began anew.
 */
export const PART_BYTES = {
  people: 1.5 * MIB,
  consent: 8 * MIB,
  chat: 4 * MIB,
  speakers: 4 * MIB,
};
/** Agreements leave the rest of the ledger to what takes them back. */
const AGREEMENTS_SHARE = 0.5;

type Person = Manifest['people'][number];

/** What the SFU has told of a recording, as its manifest has it: appended to, each part bounded by itself. */
export class ToldFacts {
  readonly absences = new Absences();
  readonly #people: Map<string, Person>;
  readonly #chat: ManifestList<Manifest['chat'][number]>;
  readonly #speakers: ManifestList<Manifest['speakers'][number]>;
  readonly #consent: ManifestList<Manifest['consent'][number]>;
  readonly #onFull: (words: string) => void;
  readonly #full = new Set<FullKind>();
  #peopleBytes = 0;
  #meeting: Manifest['meeting'];
  #host: Manifest['host'];
  #last: number;

  /** @param onFull told once of each kind of which no more is noted */
  constructor(manifest: Manifest, onFull: (words: string) => void) {
    this.#onFull = onFull;
    this.#meeting = manifest.meeting;
    this.#host = manifest.host;
    this.#last = manifest.lastFact;
    this.#people = new Map(manifest.people.map((person) => [person.connectionId, person]));
    for (const person of manifest.people) this.#peopleBytes += peopleBytes(person);
    this.#consent = new ManifestList(manifest.consent, PART_BYTES.consent);
    this.#chat = new ManifestList(manifest.chat, PART_BYTES.chat);
    this.#speakers = new ManifestList(manifest.speakers, PART_BYTES.speakers);
  }

  get last(): number {
    return this.#last;
  }

  /** Its part of the manifest, as it stands now. */
  get parts(): Pick<Manifest, 'lastFact' | 'meeting' | 'people' | 'speakers' | 'chat' | 'consent' | 'host'> {
    return {
      lastFact: this.#last,
      meeting: this.#meeting,
      ...(this.#host && { host: this.#host }),
      people: [...this.#people.values()],
      speakers: [...this.#speakers.entries],
      chat: [...this.#chat.entries],
      consent: [...this.#consent.entries],
    };
  }

  nameOf(connectionId: string): string {
    return this.#people.get(connectionId)?.name ?? connectionId;
  }

  /**
   * Facts come numbered without holes; one that is known already (sent again after a reconnect) changes nothing, and what
   * comes after a hole waits to be sent again.
   * @returns whether it is the next one
   */
  take(fact: Fact): boolean {
    if (fact.seq !== this.#last + 1) return false;
    this.#last = fact.seq;
    const full = this.#note(fact) ? undefined : fullKindOf(fact);
    if (full) this.#isFull(full);
    return true;
  }

  /** Until somebody is heard of again nobody knows whether they are there. */
  sfuLost(atMs: number): void {
    const inside = [...this.#people.values()].filter(({ leftAtMs }) => leftAtMs === undefined);
    this.absences.sfuLost(
      inside.map(({ connectionId }) => connectionId),
      atMs,
    );
  }

  #note(fact: Fact): boolean {
    const { atMs } = fact;
    switch (fact.type) {
      case 'joined':
        return this.#joined(fact);
      case 'left':
        return this.#left(fact.connectionId, atMs);
      case 'away':
        if (fact.away) this.absences.away(fact.connectionId, atMs);
        else this.absences.back(fact.connectionId);
        return true;
      case 'renamed':
        this.#meeting = { ...this.#meeting, name: fact.meetingName };
        return true;
      case 'role': {
        const { connectionId, role } = fact;
        if (role === 'host') this.#host ??= { connectionId, name: this.nameOf(connectionId) };
        return this.#change(connectionId, { role });
      }
      case 'consent': {
        const { consent, erase } = fact;
        const about = new Set(answeredFor(fact));
        // What they wrote goes with their files.
        if (erase) this.#chat.remove((message) => about.has(message.connectionId));
        const entries = [...about].map((connectionId) => {
          const entry = { atMs, connectionId, name: this.nameOf(connectionId), consent };
          return erase === undefined ? entry : { ...entry, erase };
        });
        return this.#consent.pushAll(entries, consent === 'accepted' ? AGREEMENTS_SHARE : 1);
      }
      case 'speakers':
        return this.#speakers.push({ atMs, connectionIds: fact.connectionIds });
      case 'chat': {
        const { connectionId, text } = fact;
        return this.#chat.push({ atMs, connectionId, name: this.nameOf(connectionId), text });
      }
      case 'full':
        this.#isFull(fact.kind);
        return true;
      case 'paused':
      case 'epoch':
        // These steer the files themselves, whose entries say what became of them.
        return true;
    }
  }

  #joined({ atMs, connectionId, marks, name, role }: Extract<Fact, { type: 'joined' }>): boolean {
    this.absences.back(connectionId);
    const before = this.#people.get(connectionId);
    const person = {
      ...{ connectionId, name, role, joinedAtMs: before?.joinedAtMs ?? atMs },
      ...(marks && { marks }),
    };
    const bytes = peopleBytes(person) - (before ? peopleBytes(before) : 0);
    if (this.#peopleBytes + bytes > PART_BYTES.people) return false;
    this.#peopleBytes += bytes;
    // Who has come last stands last.
    this.#people.delete(connectionId);
    this.#people.set(connectionId, person);
    if (role === 'host') this.#host ??= { connectionId, name };
    return true;
  }

  /** Whoever was waited for left when their connection was lost. */
  #left(connectionId: string, atMs: number): boolean {
    const leftAtMs = this.absences.sinceMs(connectionId) ?? atMs;
    this.absences.back(connectionId);
    return this.#change(connectionId, { leftAtMs });
  }

  /** Of somebody who is not noted there is nothing to change. */
  #change(connectionId: string, change: Partial<Person>): boolean {
    const person = this.#people.get(connectionId);
    if (person) this.#people.set(connectionId, { ...person, ...change });
    return true;
  }

  #isFull(kind: FullKind): void {
    if (this.#full.has(kind)) return;
    this.#full.add(kind);
    this.#onFull(FULL_WORDS[kind]);
  }
}

/** The people of a recording from this one on, with their latest answers; as many as one message takes. */
export function describedPeople(
  { consent, people }: Pick<Manifest, 'consent' | 'people'>,
  from: number,
): Pick<RecorderCommandResult<'describe'>, 'people' | 'more'> {
  const answers = new Map(consent.map((entry) => [entry.connectionId, entry.consent]));
  const to = from + PEOPLE_DESCRIBED_AT_ONCE;
  return {
    people: people.slice(from, to).map(({ connectionId, leftAtMs, marks }) => {
      const answer = answers.get(connectionId);
      const known = { ...(answer && { consent: answer }), ...(marks && { marks }) };
      return { connectionId, isIn: leftAtMs === undefined, ...known };
    }),
    ...(people.length > to && { more: true }),
  };
}

function fullKindOf({ type }: Fact): FullKind {
  return type === 'consent' || type === 'chat' || type === 'speakers' ? type : 'people';
}

/** Ids, times and the role at their longest. */
const PERSON_BYTES = 240;
const MARK_BYTES = 36;

function peopleBytes({ marks = [], name }: Pick<Person, 'marks' | 'name'>): number {
  return Buffer.byteLength(JSON.stringify(name)) + PERSON_BYTES + marks.length * MARK_BYTES;
}
