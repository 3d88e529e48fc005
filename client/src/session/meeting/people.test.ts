import { expect, test } from 'vitest';
import type { Person, ProducerInfo } from '#protocol/people.ts';
import type { AnyNotice } from '../ports/signalling.ts';
import { peopleAfter } from './people.ts';

const camera: ProducerInfo = { producerId: 'p1', source: 'camera', paused: false };
const ben: Person = {
  connectionId: 'ben',
  name: 'Ben',
  role: 'participant',
  connected: true,
  producers: [camera],
};
const cleo: Person = { ...ben, connectionId: 'cleo', name: 'Cleo', producers: [] };

test.each<[string, AnyNotice, Person[]]>([
  ['joined', { name: 'personJoined', data: { person: cleo } }, [ben, cleo]],
  ['joined twice', { name: 'personJoined', data: { person: ben } }, [ben]],
  [
    'changed',
    { name: 'personChanged', data: { person: { ...ben, connected: false } } },
    [{ ...ben, connected: false }],
  ],
  ['left', { name: 'personLeft', data: { connectionId: 'ben' } }, []],
  ['a stranger left', { name: 'personLeft', data: { connectionId: 'dan' } }, [ben]],
  [
    'producer added',
    {
      name: 'producerAdded',
      data: { connectionId: 'ben', producer: { producerId: 'p2', source: 'microphone', paused: false } },
    },
    [{ ...ben, producers: [camera, { producerId: 'p2', source: 'microphone', paused: false }] }],
  ],
  [
    'producer changed',
    { name: 'producerChanged', data: { connectionId: 'ben', producer: { ...camera, paused: true } } },
    [{ ...ben, producers: [{ ...camera, paused: true }] }],
  ],
  [
    'producer removed',
    { name: 'producerRemoved', data: { connectionId: 'ben', producerId: 'p1' } },
    [{ ...ben, producers: [] }],
  ],
  [
    'producer of a stranger',
    { name: 'producerAdded', data: { connectionId: 'dan', producer: camera } },
    [ben],
  ],
])('%s', (_what, notice, expected) => {
  expect(peopleAfter([ben], notice)).toEqual(expected);
});

test('what is about something else changes nothing', () => {
  const people = [ben];
  expect(peopleAfter(people, { name: 'recordingProgress', data: { people: [] } })).toBe(people);
});
