import { behave } from './behaviour.ts';
import type { Surroundings } from './meeting.ts';
import { Random } from './random.ts';
import type { Round } from './round.ts';
import type { Figures } from './sample.ts';
import { SoakPerson } from './soak-person.ts';
import type { Stayers } from './stayers.ts';

/** A meeting of some people without a browser that lasts as long as the soak. */
export class Residents implements Stayers {
  readonly #surroundings: Surroundings;
  readonly #people: readonly SoakPerson[];
  readonly #randoms: readonly Random[];
  readonly #recordingId: string;

  static async moveIn(surroundings: Surroundings, count: number, meeting: string): Promise<Residents> {
    const people: SoakPerson[] = [];
    const randoms = Array.from(
      { length: count },
      (_, index) => new Random(surroundings.seed, `${meeting}-${index}`),
    );
    for (const [index, random] of randoms.entries()) {
      const connectionId = `${meeting}-${index}`;
      const role = index === 0 ? 'host' : 'participant';
      const claims = { meeting, role, name: connectionId, connectionId } as const;
      people.push(await SoakPerson.join({ ...surroundings, random, claims }));
    }
    const recordingId = (await people[0]?.ask('startRecording', {}))?.recordingId;
    if (recordingId === undefined) throw new Error('nobody lives here');
    return new Residents(surroundings, people, randoms, recordingId);
  }

  private constructor(
    surroundings: Surroundings,
    people: readonly SoakPerson[],
    randoms: readonly Random[],
    recordingId: string,
  ) {
    this.#surroundings = surroundings;
    this.#people = people;
    this.#randoms = randoms;
    this.#recordingId = recordingId;
  }

  get people(): number {
    return this.#people.length;
  }

  /** They send, and receive nothing. */
  get transports(): number {
    return this.#people.length;
  }

  /** They do what people do, but stay; afterwards nobody shares a screen. */
  async live(round: Round): Promise<void> {
    const { diary } = this.#surroundings;
    await Promise.all(
      this.#people.map(async (person, index) => {
        const random = this.#randoms[index];
        if (random) await behave(person, { diary, random, round, visitMs: round.lengthMs });
        await diary.attempt('tidy up', () => person.stopSending('screen'));
      }),
    );
  }

  async pageFigures(): Promise<Figures> {
    return {};
  }

  async moveOut(): Promise<void> {
    const { onRecorded } = this.#surroundings;
    await this.#people[0]?.stopRecording(this.#recordingId);
    onRecorded(this.#recordingId);
    for (const person of this.#people) await person.leave();
  }
}
