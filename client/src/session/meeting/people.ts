import type { Person } from '#protocol/people.ts';
import type { AnyNotice } from '../ports/signalling.ts';

/** The people after a notice; the same list when it is about something else. */
export function peopleAfter(people: readonly Person[], notice: AnyNotice): readonly Person[] {
  switch (notice.name) {
    case 'personJoined':
    case 'personChanged': {
      const { person } = notice.data;
      const known = people.some(({ connectionId }) => connectionId === person.connectionId);
      return known
        ? people.map((one) => (one.connectionId === person.connectionId ? person : one))
        : [...people, person];
    }
    case 'personLeft':
      return people.filter(({ connectionId }) => connectionId !== notice.data.connectionId);
    case 'producerAdded':
    case 'producerChanged': {
      const { connectionId, producer } = notice.data;
      return changeProducers(people, connectionId, (producers) => [
        ...producers.filter(({ producerId }) => producerId !== producer.producerId),
        producer,
      ]);
    }
    case 'producerRemoved': {
      const { connectionId, producerId } = notice.data;
      return changeProducers(people, connectionId, (producers) =>
        producers.filter((one) => one.producerId !== producerId),
      );
    }
    default:
      return people;
  }
}

function changeProducers(
  people: readonly Person[],
  connectionId: string,
  change: (producers: Person['producers']) => Person['producers'],
): readonly Person[] {
  return people.map((person) =>
    person.connectionId === connectionId ? { ...person, producers: change(person.producers) } : person,
  );
}
