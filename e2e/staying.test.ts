import { expect, test } from 'vitest';
import { accessibilityViolations } from './testing/accessibility.ts';
import type { Person } from './testing/person.ts';
import { runSystem } from './testing/run-system.ts';
import { until } from './testing/wait.ts';

interface WithLocks extends Window {
  locks: number;
}

const running = runSystem();

/** Runs in the page before its own scripts: counts what keeps the screen on; this browser has no screen. */
function countScreenLocks(): void {
  const counted = window as unknown as WithLocks;
  counted.locks = 0;
  const request = async () => {
    counted.locks += 1;
    const release = async () => {
      counted.locks -= 1;
    };
    return { release };
  };
  Object.defineProperty(navigator, 'wakeLock', { value: { request } });
}

const locks = ({ page }: Person) => page.evaluate(() => (window as unknown as WithLocks).locks);
const scrollsOver = ({ page }: Person) =>
  page.evaluate(() => getComputedStyle(document.documentElement).overscrollBehaviorY);

test('whoever records themselves is asked before they leave, and the screen stays on until Stop', async () => {
  const ada = await running.arrive('Ada', { owner: 1, microphone: true });
  const { page } = ada;
  await page.addInitScript(countScreenLocks);
  const asked: string[] = [];
  page.on('dialog', (dialog) => {
    asked.push(dialog.type());
    void dialog.dismiss();
  });
  await page.goto(running.url);
  await page.getByRole('link', { name: 'Record yourself' }).click();
  await page.getByText('Connected').waitFor();
  expect([await locks(ada), await scrollsOver(ada)]).toEqual([0, 'auto']);
  await ada.button('Record').click();
  await ada.light.waitFor();
  expect([await locks(ada), await scrollsOver(ada)]).toEqual([1, 'none']);

  const question = page.getByRole('dialog', { name: 'You are being recorded' });
  for (const leave of [
    () => page.getByRole('link', { name: 'Verbatim home' }).click(),
    () => page.goBack(),
  ]) {
    await leave();
    await question.waitFor();
    expect(await accessibilityViolations(page)).toEqual([]);
    await question.getByRole('button', { name: 'Stay' }).click();
    await question.waitFor({ state: 'hidden' });
  }
  expect(new URL(page.url()).pathname).toBe('/record');
  await page.close({ runBeforeUnload: true });
  await until('the browser asks', () => asked.length > 0);
  expect(asked).toEqual(['beforeunload']);
  await ada.light.waitFor();

  await ada.button('Stop').click();
  await page.getByRole('heading', { name: 'The recording is ready.' }).waitFor();
  expect([await locks(ada), await scrollsOver(ada)]).toEqual([0, 'auto']);
  await page.close({ runBeforeUnload: true });
  await until('the page is closed', () => page.isClosed());
  expect(asked).toEqual(['beforeunload']);
  expect(ada.watched.troubles()).toEqual([]);
});

test('in a meeting the screen stays on, and only who is recorded is asked before they leave', async () => {
  const ada = await running.arrive('Ada', { owner: 1, microphone: true });
  const ben = await running.arrive('Ben', { owner: 2, microphone: true });
  for (const { page } of [ada, ben]) await page.addInitScript(countScreenLocks);
  // One press is enough; the host finds a better name later.
  await ada.page.goto(running.url);
  await ada.button('New meeting').click();
  await ada.page.waitForURL(/\/m\//);
  const link = ada.page.url();
  await ada.page.getByRole('heading', { name: /^Meeting, \d+ \p{L}+, \d\d:\d\d$/u }).waitFor();
  expect(await locks(ada)).toBe(0);
  await ada.askToJoin();
  await ada.isIn();
  await ben.join(link);
  await until('both screens stay on', async () => (await locks(ada)) + (await locks(ben)) === 2);
  await ada.button('Start recording').click();
  await ben.answer('Continue without being recorded');
  await ada.light.waitFor();
  expect([await scrollsOver(ada), await scrollsOver(ben)]).toEqual(['none', 'auto']);

  await ada.button('More').click();
  await ada.page.getByRole('menuitem', { name: 'Rename meeting' }).click();
  const dialog = ada.page.getByRole('dialog', { name: 'Rename meeting' });
  expect(await accessibilityViolations(ada.page)).toEqual([]);
  await dialog.getByRole('textbox', { name: 'Meeting name' }).fill('Review');
  await dialog.getByRole('button', { name: 'Save' }).click();
  for (const { page } of [ada, ben]) await page.getByRole('heading', { name: 'Review' }).waitFor();

  await ada.button('Stop recording').click();
  await ada.light.waitFor({ state: 'hidden' });
  await until('nobody is asked any more', async () => (await scrollsOver(ada)) === 'auto');
  await ada.leave();
  expect(await locks(ada)).toBe(0);
  await ben.page.reload();
  await ben.page.getByRole('heading', { name: 'Review' }).waitFor();
  for (const { watched } of [ada, ben]) expect(watched.troubles()).toEqual([]);
});
