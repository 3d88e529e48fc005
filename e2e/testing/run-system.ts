import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { openBrowser, openPage, type WatchedPage } from './browser.ts';
import type { Devices } from './participant-media/fake-devices.ts';
import { Person } from './person.ts';
import { type System, startSystem } from './system.ts';

interface Servers {
  url: string;
  output(): string;
  stop(): Promise<void>;
}

/** Something else that the tests of a file need running. */
type Kept = { output?: () => string } & ({ stop(): unknown } | { close(): unknown });

/** What the tests of one file run on; there from the first `beforeAll` of the file on. */
export class Running<S extends Servers> {
  readonly #pages: WatchedPage[] = [];
  readonly #kept: Kept[] = [];
  #system: S | undefined;
  #browser: Browser | undefined;

  get system(): S {
    if (!this.#system) throw new Error('The system has not started yet.');
    return this.#system;
  }

  get browser(): Browser {
    if (!this.#browser) throw new Error('The browser has not started yet.');
    return this.#browser;
  }

  get url(): string {
    return this.system.url;
  }

  async arrive(name: string, devices: Devices): Promise<Person> {
    const person = await Person.arrive(this.browser, name, devices);
    this.#pages.push(person.watched);
    return person;
  }

  async openPage(devices?: Devices): Promise<WatchedPage> {
    const page = await openPage(this.browser, devices);
    this.#pages.push(page);
    return page;
  }

  /** Stops it after the tests, before the servers; what came last first. */
  keep<K extends Kept>(kept: K): K {
    this.#kept.push(kept);
    return kept;
  }

  async start(open: () => Promise<S>): Promise<void> {
    const servers = open().then((system) => {
      this.#system = system;
    });
    const browser = openBrowser().then((opened) => {
      this.#browser = opened;
    });
    await Promise.all([servers, browser]);
  }

  tell(): void {
    const outputs = this.#kept.flatMap(({ output }) => output?.() ?? []);
    const troubles = this.#pages.flatMap((page) => page.troubles());
    console.log(this.#system?.output(), ...outputs, troubles);
  }

  async stop(): Promise<void> {
    await this.#browser?.close();
    for (const kept of this.#kept.toReversed()) await ('stop' in kept ? kept.stop() : kept.close());
    await this.#system?.stop();
  }
}

/**
 * To be called at the top of a test file: servers and a browser, started at once before its tests and stopped after them.
 * Of a test that fails it prints what the servers said, and what went wrong in the pages.
 */
export function runSystem(): Running<System>;
export function runSystem<S extends Servers>(open: () => Promise<S>): Running<S>;
export function runSystem(open: () => Promise<Servers> = startSystem): Running<Servers> {
  const running = new Running();
  beforeAll(() => running.start(open));
  beforeEach(({ onTestFailed }) => onTestFailed(() => running.tell()));
  afterAll(() => running.stop());
  return running;
}
