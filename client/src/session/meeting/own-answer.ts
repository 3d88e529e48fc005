import { Fault } from '#protocol/errors.ts';
import type { RequestParams, RequestResult } from '#protocol/signalling.ts';
import type { PersonKeys } from '../person-keys.ts';
import type { Store } from '../store.ts';
import type { MeetingSnapshot } from './meeting-state.ts';

type Ask = (params: RequestParams<'answerConsent'>) => Promise<RequestResult<'answerConsent'>>;

/** What this person has said about being recorded, as far as it must outlive this page, its socket and the server. */
export class OwnAnswer {
  readonly #meetingId: string;
  readonly #persons: PersonKeys;
  readonly #state: Store<MeetingSnapshot>;
  #isRepeating = false;

  constructor(meetingId: string, persons: PersonKeys, state: Store<MeetingSnapshot>) {
    this.#meetingId = meetingId;
    this.#persons = persons;
    this.#state = state;
  }

  get personKey(): string {
    return this.#persons.keyOf(this.#meetingId);
  }

  /** A "no" is said again by itself; a "yes" never is. */
  get toJoinWith(): 'declined' | undefined {
    return this.#refusal ? 'declined' : undefined;
  }

  /** @param erase until `erased` says so */
  refused(erase: boolean): void {
    const { recording } = this.#state.getSnapshot();
    if (recording.status === 'off') return;
    const { recordingId } = recording;
    this.#persons.setRefusal(this.#meetingId, { recordingId, erase: erase || this.#refusal?.erase === true });
  }

  agreed(): void {
    this.#persons.setRefusal(this.#meetingId, undefined);
  }

  /** The server has said so. */
  erased(): void {
    const refusal = this.#refusal;
    if (refusal) this.#persons.setRefusal(this.#meetingId, { ...refusal, erase: false });
  }

  /** Once in: what the server has not heard, or has not carried out, is asked for again. @throws Fault */
  async repeat(ask: Ask): Promise<void> {
    const refusal = this.#refusal;
    const { consent } = this.#state.getSnapshot();
    if (this.#isRepeating || !refusal || (!refusal.erase && consent !== 'accepted')) return;
    this.#isRepeating = true;
    try {
      const result = await ask({ answer: 'withdrawn', ...(refusal.erase && { erase: true }) });
      this.erased();
      this.#state.update({ consent: result.consent });
    } catch (cause) {
      const fault = Fault.from(cause);
      // It ended meanwhile; whoever has its files is asked by other means.
      if (fault.code !== 'recording-off') throw fault;
    } finally {
      this.#isRepeating = false;
    }
  }

  /** To the present recording. */
  get #refusal() {
    const { recording } = this.#state.getSnapshot();
    const refusal = this.#persons.refusalOf(this.#meetingId);
    const isPresent = recording.status !== 'off' && recording.recordingId === refusal?.recordingId;
    return isPresent ? refusal : undefined;
  }
}
