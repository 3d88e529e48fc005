import { readdir } from 'node:fs/promises';
import type { Browser, Page } from 'playwright-core';
import { openBrowser } from '#e2e/testing/browser.ts';
import { rememberConnections, untilReceives } from '#e2e/testing/connections-in-page.ts';
import { Person } from '#e2e/testing/person.ts';
import { type Surroundings, visit } from './meeting.ts';
import type { Round } from './round.ts';
import type { Figures } from './sample.ts';
import type { Stayers } from './stayers.ts';

const DEVICES = { owner: 1, camera: { width: 320, height: 180, framesPerSecond: 10 }, microphone: true };
/** Of the eight guests on the first page most have a camera, and have it on. */
const VIDEOS_AT_LEAST = 2;
/** In a shorter round people may be gone before they are seen. */
const LONG_ENOUGH_MS = 10_000;

/** Answers what a page holds on to, after a garbage collection. */
type PageProbe = () => Promise<Figures>;

/** One room, held by a host in a real browser who watches and records; all others come and go without one. */
export class BrowserRoom implements Stayers {
  readonly people = 1;
  /** The browser receives as well. */
  readonly transports = 2;
  readonly #surroundings: Surroundings;
  readonly #guests: number;
  readonly #browser: Browser;
  readonly #host: Person;
  readonly #probe: PageProbe;
  readonly #meetingId: string;
  readonly #recordingId: string;

  /** @param people the host included */
  static async moveIn(surroundings: Surroundings, people: number): Promise<BrowserRoom> {
    const { system } = surroundings;
    const browser = await openBrowser();
    try {
      const host = await Person.arrive(browser, 'Host', DEVICES);
      await host.page.addInitScript(rememberConnections);
      const link = await host.createMeeting(system.url, 'Soak');
      await host.askToJoin();
      await host.isIn();
      await host.press('Start recording');
      await host.light.waitFor();
      const [recordingId] = await readdir(system.folderOf(''));
      if (recordingId === undefined) throw new Error('the light is on, and nothing is on disk');
      const meetingId = new URL(link).pathname.split('/').at(-1) ?? '';
      const probe = await openPageProbe(host.page);
      return new BrowserRoom(surroundings, people - 1, { browser, host, probe, meetingId, recordingId });
    } catch (cause) {
      await browser.close();
      throw cause;
    }
  }

  private constructor(
    surroundings: Surroundings,
    guests: number,
    opened: { browser: Browser; host: Person; probe: PageProbe; meetingId: string; recordingId: string },
  ) {
    this.#surroundings = surroundings;
    this.#guests = guests;
    this.#browser = opened.browser;
    this.#host = opened.host;
    this.#probe = opened.probe;
    this.#meetingId = opened.meetingId;
    this.#recordingId = opened.recordingId;
  }

  async live(round: Round): Promise<void> {
    const { diary, seed } = this.#surroundings;
    const guests = Array.from({ length: this.#guests }, (_, index) =>
      visit(this.#surroundings, round, `soak-${seed}-${round.number}-${index}`, this.#meetingId),
    );
    await this.#host.light.waitFor();
    const wanted = { atLeast: Math.min(VIDEOS_AT_LEAST, this.#guests) };
    const seen = untilReceives(this.#host.page, wanted, round.lengthMs).then(
      () => diary.count('watch the others'),
      ({ message }: Error) => round.lengthMs >= LONG_ENOUGH_MS && diary.faults.push(message),
    );
    await Promise.all([seen, ...guests]);
  }

  pageFigures(): Promise<Figures> {
    return this.#probe();
  }

  async moveOut(): Promise<void> {
    const { diary, onRecorded } = this.#surroundings;
    await diary.note(diary.stopped, this.#recordingId, async () => {
      await this.#host.press('Stop recording');
      await this.#host.light.waitFor({ state: 'hidden' });
    });
    onRecorded(this.#recordingId);
    diary.faults.push(...this.#host.watched.troubles());
    await this.#host.leave();
    await this.close();
  }

  async close(): Promise<void> {
    await this.#browser.close();
  }
}

async function openPageProbe(page: Page): Promise<PageProbe> {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Performance.enable');
  return async () => {
    await devtools.send('HeapProfiler.collectGarbage');
    const { metrics } = await devtools.send('Performance.getMetrics');
    const value = (name: string): number =>
      metrics.find((metric) => metric.name === name)?.value ?? Number.NaN;
    return { heapBytes: value('JSHeapUsedSize'), nodes: value('Nodes') };
  };
}
