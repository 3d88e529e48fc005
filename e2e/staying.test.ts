import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFailed, test } from 'vitest';
import { accessibilityViolations } from './support/accessibility.ts';
import { openBrowser } from './support/browser.ts';
import { Person } from './support/person.ts';
import { type System, startSystem } from './support/system.ts';
import { until } from './support/wait.ts';

let system: System;
let browser: Browser;

beforeAll(async () => {
  [system, browser] = await Promise.all([startSystem(), openBrowser()]);
});

afterAll(async () => {
  await browser?.close();
  await system?.stop();
});

interface WithLocks extends Window {
  locks: number;
}

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
  const ada = await Person.arrive(browser, 'Ada', { owner: 1, microphone: true });
  onTestFailed(() => console.log(system.output(), ada.watched.troubles()));
  const { page } = ada;
  await page.addInitScript(countScreenLocks);
  const asked: string[] = [];
  page.on('dialog', (dialog) => {
    asked.push(dialog.type());
    void dialog.dismiss();
  });
  await page.goto(system.url);
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
