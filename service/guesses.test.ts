import { expect, test } from 'vitest';
import { ATTACK_FROM, FIRST_WAIT_MS, FREE_TRIES, FREE_TRIES_OF_SITE, Guesses } from './guesses.ts';
import { ManualClock } from './testing/manual-clock.ts';

const HERE = '203.0.113.9';

function open() {
  const clock = new ManualClock();
  const guesses = new Guesses(clock);
  /** The time that is to be waited; 0 for a try that was let through. */
  const waitOf = (address: string, secret = 'admin'): number => {
    try {
      guesses.begin(secret, address);
      return 0;
    } catch (cause) {
      return (cause as { retryAfterMs: number }).retryAfterMs;
    }
  };
  return { clock, guesses, waitOf };
}

test('one network waits longer after each wrong try, another one does not', () => {
  const { clock, guesses, waitOf } = open();
  for (let count = 0; count < FREE_TRIES; count += 1) expect(waitOf(HERE)).toBe(0);
  for (const factor of [1, 2, 4, 8]) {
    expect(waitOf(HERE)).toBe(FIRST_WAIT_MS * factor);
    clock.advance(FIRST_WAIT_MS * factor);
    expect(waitOf(HERE)).toBe(0);
  }
  expect(waitOf('203.0.113.8')).toBe(0);
  expect(waitOf(HERE, 'another link')).toBe(0);
  expect(guesses.refused).toBe(4);
});

test('all networks of one IPv6 site wait together, those of others do not', () => {
  const { clock, waitOf } = open();
  for (let count = 0; count < FREE_TRIES_OF_SITE; count += 1)
    expect(waitOf(`2001:db8:1:${count}::1`)).toBe(0);
  expect(waitOf('2001:db8:1:ffff::1')).toBe(FIRST_WAIT_MS);
  expect(waitOf('2001:db8:2:1::1')).toBe(0);
  clock.advance(FIRST_WAIT_MS);
  expect(waitOf('2001:db8:1:ffff::1')).toBe(0);
});

test('a try that was never looked at does not count, and takes no other one with it', () => {
  const { guesses, waitOf } = open();
  const first = guesses.begin('admin', HERE);
  for (let count = 1; count < FREE_TRIES; count += 1) expect(waitOf(HERE)).toBe(0);
  first.withdrawn();
  expect(waitOf(HERE)).toBe(0);
  expect(waitOf(HERE)).toBe(FIRST_WAIT_MS);
});

test('the wait has an end, and a right try ends it', () => {
  const { clock, guesses, waitOf } = open();
  for (let count = 0; count < 40; count += 1) clock.advance(waitOf(HERE));
  expect(waitOf(HERE)).toBeLessThanOrEqual(15 * 60_000);
  clock.advance(15 * 60_000);
  expect(guesses.isKnown('admin', HERE)).toBe(false);
  guesses.begin('admin', HERE).right();
  expect(guesses.isKnown('admin', HERE)).toBe(true);
  for (let count = 0; count < FREE_TRIES; count += 1) expect(waitOf(HERE)).toBe(0);
});

test('while many guess at one secret each of them has one try, and whoever comes new has one as well', () => {
  const { waitOf } = open();
  for (let count = 0; count < ATTACK_FROM; count += 1) expect(waitOf(`198.51.100.${count}`)).toBe(0);
  expect(waitOf('198.51.100.1')).toBe(FIRST_WAIT_MS);
  expect(waitOf(HERE)).toBe(0);
  expect(waitOf(HERE)).toBe(FIRST_WAIT_MS);
  expect(waitOf('198.51.100.1', 'another link')).toBe(0);
});
