import { systemClock } from '#service/clock.ts';
import { behave } from './behaviour.ts';
import { Random } from './random.ts';
import type { Round } from './round.ts';
import { SoakPerson, type SoakPersonOptions } from './soak-person.ts';

/** A person who is lost is let go by the server after 30 s: only rounds that are longer can have some. */
const ROUND_WITH_LOST_PEOPLE_MS = 40_000;

export type Surroundings = Pick<SoakPersonOptions, 'system' | 'diary' | 'media'> & {
  seed: number;
  /** A recording that is to be complete now. */
  onRecorded(recordingId: string): void;
};

/** One meeting of a round: a host who starts and stops recordings, and people who come and go. */
export async function holdMeeting(
  surroundings: Surroundings,
  round: Round,
  { name, people }: { name: string; people: number },
): Promise<void> {
  const host = new Random(surroundings.seed, `${name}-host`);
  const claims = { meeting: name, role: 'host', name: 'Host', connectionId: `${name}-host` } as const;
  await surroundings.diary.attempt('open a meeting', async () => {
    const person = await SoakPerson.join({ ...surroundings, random: host, claims });
    const others = Array.from({ length: people - 1 }, (_, index) =>
      visit(surroundings, round, `${name}-${index + 1}`, name),
    );
    await Promise.all([
      ...others,
      record(surroundings, round, person, host),
      behave(person, {
        diary: surroundings.diary,
        random: new Random(surroundings.seed, `${name}-host-deeds`),
        round,
        visitMs: round.lengthMs,
      }),
    ]);
    await person.leave();
  });
}

/** Starts and stops recordings at random, and leaves none running. */
async function record(
  { diary, onRecorded }: Surroundings,
  round: Round,
  host: SoakPerson,
  random: Random,
): Promise<void> {
  while (!round.isOver) {
    await round.wait(random.between(0.02, 0.1) * round.lengthMs);
    if (round.isOver) return;
    await diary.attempt('record', async () => {
      const { recordingId } = await host.ask('startRecording', {});
      await round.wait(random.between(0.2, 0.6) * round.lengthMs);
      await host.stopRecording(recordingId);
      onRecorded(recordingId);
    });
  }
}

/** One place in a meeting, taken by one person after another. @param place of this round alone: visits are named by it */
export async function visit(
  surroundings: Surroundings,
  round: Round,
  place: string,
  meeting: string,
): Promise<void> {
  const { diary } = surroundings;
  const random = new Random(surroundings.seed, place);
  await round.wait(random.between(0, 0.2) * round.lengthMs);
  for (let visitor = 1; !round.isOver; visitor += 1) {
    const connectionId = `${place}-${visitor}`;
    const claims = { meeting, role: 'participant', name: connectionId, connectionId } as const;
    await diary.attempt('visit a meeting', async () => {
      const person = await SoakPerson.join({ ...surroundings, random, claims });
      const visitMs = random.between(0.2, 0.9) * round.lengthMs;
      const mayGetLost = round.lengthMs >= ROUND_WITH_LOST_PEOPLE_MS && visitor === 1;
      await behave(person, { diary, random, round, visitMs });
      if (mayGetLost && random.isTrue(0.1)) {
        const fromMs = systemClock.nowMs();
        person.vanish();
        diary.lost.set(connectionId, { fromMs, toMs: systemClock.nowMs() });
      } else await person.leave();
    });
    await round.wait(random.between(0.02, 0.1) * round.lengthMs);
  }
}
