import type { Browser, Locator, Page } from 'playwright-core';
import { openPage, type WatchedPage } from './browser.ts';
import { hears, picturesIn, sees } from './listening.ts';
import type { Devices } from './participant-media/fake-devices.ts';
import { until } from './wait.ts';

/** Somebody in a meeting, who uses the page as people do, by the roles and names of its controls. */
export class Person {
  readonly name: string;
  readonly owner: number;
  readonly watched: WatchedPage;

  private constructor(name: string, owner: number, watched: WatchedPage) {
    this.name = name;
    this.owner = owner;
    this.watched = watched;
  }

  static async arrive(browser: Browser, name: string, devices: Devices): Promise<Person> {
    return new Person(name, devices.owner, await openPage(browser, devices));
  }

  get page(): Page {
    return this.watched.page;
  }

  button(name: string | RegExp): Locator {
    return this.page.getByRole('button', { name, exact: typeof name === 'string' });
  }

  get consentDialog(): Locator {
    return this.page.getByRole('dialog', { name: 'This meeting is being recorded' });
  }

  get light(): Locator {
    return this.page.getByRole('status', { name: 'Recording', exact: true });
  }

  /** Presses a button from within the page, so that no test tool's time counts. Answers when that was, epoch ms. */
  async press(name: string): Promise<number> {
    const button = this.button(name);
    await button.and(this.page.locator(':enabled')).waitFor();
    return button.evaluate((element: HTMLElement) => {
      const nowMs = performance.timeOrigin + performance.now();
      element.click();
      return nowMs;
    });
  }

  /** Makes a meeting on the home page; resolves in its lobby with the link for the others. */
  async createMeeting(url: string, meetingName: string): Promise<string> {
    await this.page.goto(url);
    await this.page.getByRole('textbox', { name: 'Meeting name' }).fill(meetingName);
    await this.button('New meeting').click();
    await this.page.waitForURL(/\/m\/[A-Za-z0-9_-]+/);
    return `${url}${new URL(this.page.url()).pathname}`;
  }

  /** From the lobby, where the page is already, to the press on "Join meeting". */
  async askToJoin(): Promise<void> {
    await this.page.getByRole('textbox', { name: 'Your name' }).fill(this.name);
    await this.button('Join meeting').click();
  }

  async isIn(): Promise<void> {
    await this.button('Leave').waitFor();
  }

  async join(link: string): Promise<void> {
    await this.page.goto(link);
    await this.askToJoin();
    await this.isIn();
  }

  async answer(answer: 'Accept' | 'Continue without being recorded'): Promise<void> {
    await this.consentDialog.getByRole('button', { name: answer }).click();
    await this.consentDialog.waitFor({ state: 'hidden' });
  }

  /** Switches a toggle, whether it is drawn as a button or as a switch. */
  async toggle(name: 'Microphone' | 'Camera'): Promise<void> {
    await this.button(name)
      .or(this.page.getByRole('switch', { name, exact: true }))
      .click();
  }

  /** Answers when Leave was pressed, epoch ms. */
  async leave(): Promise<number> {
    const pressedAtMs = await this.press('Leave');
    await this.button('Leave').waitFor({ state: 'hidden' });
    return pressedAtMs;
  }

  async untilSees(other: Person, expected = true): Promise<void> {
    await until(`${this.name} ${expected ? 'sees' : 'no longer sees'} ${other.name}`, async () => {
      return (await sees(this.page, other.owner)) === expected;
    });
  }

  /**
   * Somebody's camera of this width comes in its full size. A browser that was held up thinks that its network is slow,
   * and sends the smaller layers alone for a while.
   */
  async untilSeesWhole(width: number): Promise<void> {
    const isThere = async () => (await picturesIn(this.page)).some((picture) => picture.width === width);
    await until(`${this.name} sees a picture ${width} wide`, isThere);
  }

  async untilHears(other: Person, expected = true): Promise<void> {
    await until(`${this.name} ${expected ? 'hears' : 'no longer hears'} ${other.name}`, async () => {
      return (await hears(this.page, other.owner)) === expected;
    });
  }
}
