import { expect, test } from 'vitest';
import type { ScreenLock } from '../ports/staying.ts';
import { settled } from '../testing/settled.ts';
import { AwakeScreen } from './awake-screen.ts';

/** A browser's screen, which takes its lock back when the page is hidden. */
class MemoryScreen implements ScreenLock {
  isShown = true;
  refuses = false;
  readonly #taken = new Set<object>();
  readonly #listeners = new Set<() => void>();

  get locks(): number {
    return this.#taken.size;
  }

  async take() {
    if (this.refuses) return undefined;
    const lock = {};
    this.#taken.add(lock);
    return () => void this.#taken.delete(lock);
  }

  watchShown(listener: () => void) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  hide(): void {
    this.isShown = false;
    this.#taken.clear();
  }

  show(): void {
    this.isShown = true;
    for (const listener of this.#listeners) listener();
  }
}

function open() {
  const screen = new MemoryScreen();
  return { screen, awake: new AwakeScreen(screen) };
}

test('the screen stays on from the first who holds it to the last', async () => {
  const { awake, screen } = open();
  const [first, second] = [awake.hold(), awake.hold()];
  await settled();
  expect(screen.locks).toBe(1);
  first();
  first();
  expect(screen.locks).toBe(1);
  second();
  expect(screen.locks).toBe(0);
});

test('it is taken again when the page is shown again, and not afterwards', async () => {
  const { awake, screen } = open();
  const letGo = awake.hold();
  await settled();
  screen.hide();
  expect(screen.locks).toBe(0);
  screen.show();
  await settled();
  expect(screen.locks).toBe(1);
  letGo();
  screen.show();
  await settled();
  expect(screen.locks).toBe(0);
});

test('a page that is hidden asks for nothing until it is shown', async () => {
  const { awake, screen } = open();
  screen.hide();
  awake.hold();
  await settled();
  expect(screen.locks).toBe(0);
  screen.show();
  await settled();
  expect(screen.locks).toBe(1);
});

test('what comes after it was let go is given back, and a refusal is tried again', async () => {
  const { awake, screen } = open();
  awake.hold()();
  await settled();
  expect(screen.locks).toBe(0);
  screen.refuses = true;
  awake.hold();
  await settled();
  screen.refuses = false;
  screen.show();
  await settled();
  expect(screen.locks).toBe(1);
});
