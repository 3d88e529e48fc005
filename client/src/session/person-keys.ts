import { z } from 'zod';
import { personKeySchema } from '#protocol/identifiers.ts';
import type { Storage } from './ports/storage.ts';
import { readStored } from './stored-json.ts';

const STORED_AS = 'verbatim.person-keys';
/** Of the others a new one is made when they are visited again: their people are then asked anew. */
const MAX_MEETINGS = 50;

const personSchema = z.object({
  meetingId: z.string(),
  key: personKeySchema,
  /** They said no to this recording; `erase`: and it is not known yet that what existed of them is gone. */
  refusal: z.object({ recordingId: z.string(), erase: z.boolean() }).optional(),
});
type Person = z.infer<typeof personSchema>;
export type Refusal = NonNullable<Person['refusal']>;

/**
 * By what each meeting knows this browser again: a secret made for that meeting alone. With it is kept what its person refused,
 * so that not even a server that has lost everything takes a "no" for a question.
 */
export class PersonKeys {
  readonly #storage: Storage;
  readonly #makeKey: () => string;

  /** @param makeKey at random, as the protocol wants it */
  constructor(storage: Storage, makeKey: () => string) {
    this.#storage = storage;
    this.#makeKey = makeKey;
  }

  keyOf(meetingId: string): string {
    const known = this.#of(meetingId);
    if (known) return known.key;
    const person = { meetingId, key: this.#makeKey() };
    this.#save(person);
    return person.key;
  }

  refusalOf(meetingId: string): Refusal | undefined {
    return this.#of(meetingId)?.refusal;
  }

  setRefusal(meetingId: string, refusal: Refusal | undefined): void {
    const key = this.keyOf(meetingId);
    this.#save({ meetingId, key, ...(refusal && { refusal }) });
  }

  #of(meetingId: string): Person | undefined {
    return this.#all.find((person) => person.meetingId === meetingId);
  }

  /** Read each time: other windows write, too. */
  get #all(): Person[] {
    return readStored(z.array(personSchema), this.#storage.read(STORED_AS)) ?? [];
  }

  #save(person: Person): void {
    const others = this.#all.filter(({ meetingId }) => meetingId !== person.meetingId);
    this.#storage.write(STORED_AS, JSON.stringify([person, ...others].slice(0, MAX_MEETINGS)));
  }
}
