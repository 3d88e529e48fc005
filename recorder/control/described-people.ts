import type { Manifest } from '#protocol/manifest.ts';
import { PEOPLE_DESCRIBED_AT_ONCE, type RecorderCommandResult } from '#protocol/recorder.ts';

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
