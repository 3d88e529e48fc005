import type { Consent } from '#protocol/people.ts';
import { MAX_ANSWERS } from '#protocol/recorder.ts';
import { marksIn, share, shareKey } from './marks.ts';

/** An answer given in this recording before, as the recorder tells it. */
export type EarlierAnswer = { connectionId: string; isIn: boolean } & Pick<Answer, 'consent' | 'marks'>;

interface Somebody {
  connectionId: string;
  marks: readonly string[];
}

interface Answer {
  consent: Consent;
  /** As the manifest holds them. */
  marks: readonly string[];
  /** What was recorded over a connection that is gone has been erased. */
  isErased: boolean;
  /** Whose “yes” it was has left: it allows nothing any more. */
  isOver?: boolean;
}

/**
 * What everybody has answered in one recording. A "no" is the person's: it holds for every connection of theirs. A "yes" is
 * one page's, and ends when its person leaves: whoever comes in anew is asked anew [D15].
 */
export class Answers {
  readonly #recordingId: string;
  readonly #isIn: (connectionId: string) => boolean;
  /** The latest answer last. */
  readonly #answers = new Map<string, Answer>();

  constructor(recordingId: string, isIn: (connectionId: string) => boolean) {
    this.#recordingId = recordingId;
    this.#isIn = isIn;
  }

  takeUp({ connectionId, consent, isIn, marks }: EarlierAnswer): void {
    this.#put(connectionId, { consent, marks, isErased: false });
    if (!isIn) this.left(connectionId);
  }

  of(connectionId: string): Consent | undefined {
    const answer = this.#answers.get(connectionId);
    return answer?.isOver ? undefined : answer?.consent;
  }

  /** Not over a lost connection that is waited for, but for good. */
  left(connectionId: string): void {
    const answer = this.#answers.get(connectionId);
    if (answer?.consent === 'accepted') answer.isOver = true;
  }

  set({ connectionId, marks }: Somebody, consent: Consent): void {
    this.#put(connectionId, { consent, marks: marksIn(this.#recordingId, marks), isErased: false });
  }

  /** The other connections of the same person, those that are gone included. */
  othersOf({ connectionId, marks }: Somebody): string[] {
    const mine = marksIn(this.#recordingId, marks);
    return [...this.#answers]
      .filter(([id, answer]) => id !== connectionId && share(answer.marks, mine))
      .map(([id]) => id);
  }

  /** A connection that is gone, and was this person's too. Answers whether something of it may still exist. */
  refuseGone(connectionId: string, consent: Consent, erase: boolean): boolean {
    const answer = this.#answers.get(connectionId);
    if (!answer || answer.isErased) return false;
    this.#put(connectionId, { consent, marks: answer.marks, isErased: erase });
    return true;
  }

  /**
   * What is known of somebody who comes in: their "no", or what this very page has answered. Undefined: they are to be asked.
   */
  knownOf({ connectionId, marks }: Somebody): Consent | undefined {
    const mine = marksIn(this.#recordingId, marks);
    const own = this.#answers.get(connectionId);
    if (own && !own.isOver && shareKey(own.marks, mine)) return own.consent;
    const latest = [...this.#answers].findLast(
      ([id, { consent, marks: theirs }]) =>
        consent !== 'pending' && (id === connectionId || share(theirs, mine)),
    )?.[1].consent;
    return latest === 'declined' || latest === 'withdrawn' ? latest : undefined;
  }

  #put(connectionId: string, answer: Answer): void {
    this.#answers.delete(connectionId);
    this.#answers.set(connectionId, answer);
    if (this.#answers.size <= MAX_ANSWERS) return;
    const oldest = [...this.#answers.keys()].find((id) => id !== connectionId && !this.#isIn(id));
    if (oldest !== undefined) this.#answers.delete(oldest);
  }
}
