import { beforeAll, expect, test } from 'vitest';
import { accessibilityViolations } from './testing/accessibility.ts';
import { type AttendeesPage, openAttendees } from './testing/attendees/attendees.ts';
import { rememberConnections, untilReceives } from './testing/connections-in-page.ts';
import type { Person } from './testing/person.ts';
import { runSystem } from './testing/run-system.ts';

const OTHERS = ['Ben', 'Cleo', 'Dan', 'Eve', 'Finn', 'Gus', 'Hana', 'Ida', 'Jon', 'Kim'];
/** With oneself on the first page. */
const OTHERS_ON_FIRST_PAGE = 8;

const running = runSystem();
let crowd: AttendeesPage;
let ada: Person;

beforeAll(async () => {
  crowd = running.keep(await openAttendees(running.browser, running.url));
  const camera = { width: 320, height: 180, framesPerSecond: 10 };
  ada = await running.arrive('Ada', { owner: 1, camera, microphone: true });
  await ada.page.setViewportSize({ width: 1280, height: 800 });
  await ada.page.addInitScript(rememberConnections);
  const link = await ada.createMeeting(running.url, 'Stage');
  await ada.askToJoin();
  await ada.isIn();
  for (const name of OTHERS) {
    await crowd.attend(link, name);
    await crowd.send(name, 'camera');
  }
});

/** The names on the tiles that are to be seen, in their order. */
const seen = (): Promise<string[]> =>
  ada.page.getByRole('list', { name: 'People in the meeting' }).locator('figcaption').allInnerTexts();

const hasSmallWindow = (): Promise<boolean> =>
  ada.page.evaluate(() => document.pictureInPictureElement !== null);

test('eleven people are nine and two, and the server sends only those on the open page', async () => {
  await expect.poll(seen).toEqual(['Ada (you)', ...OTHERS.slice(0, OTHERS_ON_FIRST_PAGE)]);
  await untilReceives(ada.page, OTHERS_ON_FIRST_PAGE);
  await ada.button('Next page').click();
  await expect.poll(seen).toEqual(OTHERS.slice(OTHERS_ON_FIRST_PAGE));
  await untilReceives(ada.page, OTHERS.length - OTHERS_ON_FIRST_PAGE);
  await ada.button('Previous page').click();
  await untilReceives(ada.page, OTHERS_ON_FIRST_PAGE);
});

test('whoever begins to speak on another page takes the place of somebody silent, and nobody else moves', async () => {
  const before = await seen();
  await crowd.send('Kim', 'microphone');
  await expect.poll(seen).toContain('Kim');
  const after = await seen();
  expect(after.filter((name, index) => name !== before[index])).toEqual(['Kim']);
});

test('who is pinned is large, whoever else there is, until the pin is taken out', async () => {
  const tileOf = (name: string) =>
    ada.page.getByRole('listitem').filter({ has: ada.page.getByText(name, { exact: true }) });
  const widthOf = async (name: string) => (await tileOf(name).boundingBox())?.width ?? 0;
  const inGrid = await widthOf('Cleo');
  await tileOf('Cleo').hover();
  await ada.button('Pin Cleo').click();
  expect(await widthOf('Cleo')).toBeGreaterThan(1.5 * inGrid);
  expect(await widthOf('Ben')).toBeLessThan(inGrid);
  await ada.button('Pin Cleo').click();
  expect(await widthOf('Cleo')).toBe(inGrid);
});

test('keys do what the controls do, but not while somebody types, and not at all once switched off', async () => {
  const isPressed = (name: string) => ada.button(name).getAttribute('aria-pressed');
  await ada.page.keyboard.press('m');
  await expect.poll(() => isPressed('Microphone')).toBe('false');
  await ada.page.keyboard.press('m');
  await ada.page.keyboard.press('h');
  await expect.poll(() => isPressed('Raise hand')).toBe('true');
  await ada.page.keyboard.press('h');
  await ada.page.keyboard.press('PageDown');
  await ada.page.getByText('2 / 2').waitFor();
  await ada.page.keyboard.press('PageUp');
  await ada.page.keyboard.press('c');
  await ada.page.getByRole('textbox', { name: 'Message' }).pressSequentially('hm');
  expect(await isPressed('Microphone')).toBe('true');
  await ada.button('Close chat').click();

  await ada.page.keyboard.press('?');
  const sheet = ada.page.getByRole('dialog', { name: 'Keyboard shortcuts' });
  expect(await accessibilityViolations(ada.page)).toEqual([]);
  await sheet.getByRole('switch', { name: 'Use keyboard shortcuts' }).click();
  await ada.page.keyboard.press('Escape');
  await sheet.waitFor({ state: 'detached' });
  await ada.page.keyboard.press('p');
  await ada.button('More').click();
  await ada.page.getByRole('menuitem', { name: 'Keyboard shortcuts' }).click();
  await sheet.getByRole('switch', { name: 'Use keyboard shortcuts' }).click();
  await sheet.getByRole('button', { name: 'Close' }).click();
  await sheet.waitFor({ state: 'detached' });
  expect(await ada.page.getByRole('complementary', { name: 'People' }).count()).toBe(0);
  await ada.page.keyboard.press('p');
  await ada.page.getByRole('complementary', { name: 'People' }).waitFor();
  await ada.page.keyboard.press('p');
});

test('the whole screen is taken, and given back, by key', async () => {
  const isFull = () => ada.page.evaluate(() => document.fullscreenElement !== null);
  await ada.page.keyboard.press('f');
  await expect.poll(isFull).toBe(true);
  await ada.page.keyboard.press('f');
  await expect.poll(isFull).toBe(false);
});

test('a small window goes on showing whoever is followed, until it is closed', async () => {
  await ada.button('More').click();
  await ada.page.getByRole('menuitem', { name: 'Picture in picture' }).click();
  await expect.poll(hasSmallWindow).toBe(true);
  // In a menu, keys choose from it.
  await ada.page.getByRole('menu').waitFor({ state: 'detached' });
  await ada.page.keyboard.press('i');
  await expect.poll(hasSmallWindow).toBe(false);
});

test('a small window closes by a key that comes before the page has drawn that it is open', async () => {
  await ada.page.evaluate(() => {
    const { requestPictureInPicture } = HTMLVideoElement.prototype;
    HTMLVideoElement.prototype.requestPictureInPicture = async function request() {
      HTMLVideoElement.prototype.requestPictureInPicture = requestPictureInPicture;
      const opened = await requestPictureInPicture.call(this);
      document.documentElement.dataset.smallWindow = 'opened';
      document.dispatchEvent(new KeyboardEvent('keydown', { key: 'i' }));
      return opened;
    };
  });
  await ada.page.keyboard.press('i');
  await ada.page.locator('html[data-small-window=opened]').waitFor();
  await expect.poll(hasSmallWindow).toBe(false);
  await ada.button('More').click();
  await ada.page.getByRole('menuitem', { name: 'Picture in picture', exact: true }).waitFor();
  await ada.page.keyboard.press('Escape');
});

test('a shared screen is large by itself, and whoever leaves makes room', async () => {
  await crowd.send('Ben', 'screen');
  await expect.poll(seen).toContain('Screen of Ben');
  await crowd.leave('Ben');
  await expect.poll(seen).not.toContain('Screen of Ben');
  for (const name of ['Cleo', 'Dan']) await crowd.leave(name);
  await expect.poll(async () => (await seen()).length).toBe(1 + OTHERS.length - 3);
  await ada.button('Next page').waitFor({ state: 'detached' });
  expect(ada.watched.troubles()).toEqual([]);
});
