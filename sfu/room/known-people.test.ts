import { expect, test } from 'vitest';
import { KnownPeople } from './known-people.ts';

test('when it is full, whoever has most names is forgotten by the oldest of them', () => {
  const people = new KnownPeople(5);
  people.add(['bob']);
  for (let count = 0; count < 20; count += 1) people.add(['mallory', `mallory-${count}`]);
  people.add(['eve']);
  expect(people.names()).toEqual(['bob', 'mallory-18', 'mallory', 'mallory-19', 'eve']);
});

test('of people with a name each those of the network that has most go first', () => {
  const people = new KnownPeople(5);
  for (const one of ['bob', 'ben']) people.add([one], 'an office');
  for (let count = 0; count < 20; count += 1) people.add([`m-${count}`], 'an attacker');
  people.add(['eve'], 'a home');
  expect(people.names()).toEqual(['bob', 'ben', 'm-18', 'm-19', 'eve']);
  expect(people.names(3)).toEqual(['ben', 'm-19', 'eve']);
});

test('whose network is not known are forgotten the oldest first, and a name that is taken out is out', () => {
  const people = new KnownPeople(2, ['a', 'b', 'c']);
  expect(people.names()).toEqual(['b', 'c']);
  people.delete('c');
  expect([people.has('b'), people.has('c')]).toEqual([true, false]);
});
