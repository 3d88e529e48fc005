import { expect, test } from 'vitest';
import { accessibilityViolations } from './testing/accessibility.ts';
import { runSystem } from './testing/run-system.ts';

const PHONE = { width: 390, height: 844 };
const DESKTOP = { width: 1000, height: 700 };
const camera = { width: 320, height: 240, framesPerSecond: 10 };

const running = runSystem();

test('the way through a meeting is accessible in light and dark, on wide screens and phones', async () => {
  const ada = await running.arrive('Ada', { owner: 1, camera, microphone: true });
  const violations: string[] = [];
  const look = async () => violations.push(...(await accessibilityViolations(ada.page)));

  await ada.page.goto(running.url);
  await ada.button('New meeting').waitFor();
  await look();
  await ada.page.setViewportSize(PHONE);
  await look();
  await ada.page.setViewportSize(DESKTOP);
  await ada.createMeeting(running.url, 'Weekly');
  await ada.page.getByText('Connected').waitFor();
  await look();
  await ada.askToJoin();
  await ada.isIn();
  await ada.button('Start recording').click();
  await ada.light.waitFor();
  await look();
  await ada.button(/^Chat/).click();
  await ada.page.getByRole('textbox', { name: 'Message' }).waitFor();
  await look();
  await ada.page.setViewportSize(PHONE);
  await look();
  await ada.button(/^People/).click();
  await look();
  await ada.page.setViewportSize(DESKTOP);
  await look();
  await ada.button('Stop recording').click();
  await ada.page.getByText('The recording is ready.').waitFor();
  await look();
  await ada.leave();
  await look();
  expect(violations).toEqual([]);
});

test('the question for consent and the sign-in are accessible', async () => {
  const ada = await running.arrive('Ada', { owner: 1, camera, microphone: true });
  const link = await ada.createMeeting(running.url, 'Monthly');
  await ada.askToJoin();
  await ada.isIn();
  await ada.button('Start recording').click();
  await ada.light.waitFor();

  const bea = await running.arrive('Bea', { owner: 2, microphone: true });
  await bea.page.goto(link);
  await bea.askToJoin();
  await bea.consentDialog.waitFor();
  const violations = await accessibilityViolations(bea.page);
  await bea.page.goto(`${running.url}/admin`);
  await bea.page.getByRole('textbox', { name: 'Admin password' }).waitFor();
  violations.push(...(await accessibilityViolations(bea.page)));
  await ada.leave();
  expect(violations).toEqual([]);
});

test('whoever reads Chinese is met in Chinese, and may choose English for good', async () => {
  const context = await running.browser.newContext({ locale: 'zh-CN' });
  const page = await context.newPage();
  await page.goto(running.url);
  await page.getByRole('button', { name: '新建会议' }).waitFor();
  expect(await page.locator('html').getAttribute('lang')).toBe('zh-CN');
  await page.getByRole('button', { name: 'English' }).click();
  await page.getByRole('button', { name: 'New meeting' }).waitFor();
  await page.reload();
  await page.getByRole('button', { name: 'New meeting' }).waitFor();
  expect(await page.locator('html').getAttribute('lang')).toBe('en');
  await context.close();
});
