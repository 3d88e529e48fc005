import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { systemClock } from '#service/clock.ts';
import { accessibilityViolations } from './testing/accessibility.ts';
import { readRecordings, untilRecording } from './testing/recordings-on-disk.ts';
import { runSystem } from './testing/run-system.ts';
import { closedRecording, fillArchive } from './testing/sample-archive.ts';
import { ADMIN_PASSWORD, startRecorder, startWithoutRecorder } from './testing/system.ts';
import { PATIENCE_MS } from './testing/wait.ts';

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const NEXT_PASSWORD = 'another horse, another battery';
const PHONE = { width: 390, height: 844 };
/** More than one page of the list. */
const OLD_MEETINGS = 52;

const running = runSystem(startWithoutRecorder);
let admin: Page;
const violations: string[] = [];

beforeAll(async () => {
  running.keep(await startRecorder(running.system, 'recorder-1'));
  const nowMs = Math.floor(systemClock.nowMs());
  const weekly = Array.from({ length: OLD_MEETINGS }, (_, index) =>
    closedRecording(index + 10, {
      name: `Weekly #${index + 1}`,
      person: 'Ada',
      startedAtMs: nowMs - (index + 40) * DAY_MS,
      durationMs: 20 * MINUTE_MS,
      bytes: 2000,
    }),
  );
  await fillArchive(running.system, [
    ...weekly,
    closedRecording(1, {
      name: '产品周会',
      person: '王小明',
      startedAtMs: nowMs - DAY_MS,
      durationMs: 90 * MINUTE_MS,
      bytes: 1000,
      chat: '预算没有问题',
    }),
    closedRecording(2, {
      name: 'Board meeting',
      person: 'Bea',
      startedAtMs: nowMs - 2 * DAY_MS,
      durationMs: 3 * MINUTE_MS,
      bytes: 9000,
      state: 'interrupted',
    }),
  ]);
  admin = await openAdmin();
  await signIn(admin, ADMIN_PASSWORD);
});

async function openAdmin(path = '/admin'): Promise<Page> {
  const context = await running.browser.newContext({
    viewport: { width: 1280, height: 800 },
    acceptDownloads: true,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  await page.goto(`${running.url}${path}`);
  return page;
}

async function signIn(page: Page, password: string): Promise<void> {
  await page.getByRole('textbox', { name: 'Admin password' }).fill(password);
  await button(page, 'Sign in').click();
}

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
const search = (page: Page) => page.getByRole('searchbox', { name: 'Search' });
const go = (page: Page, name: string) =>
  page.getByRole('navigation').getByRole('link', { name, exact: true }).click();

/** The names of the recordings in the table, or on a phone's list, in order. */
const names = (page: Page) =>
  page
    .getByRole('table', { name: 'Recordings' })
    .or(page.getByRole('list', { name: 'Recordings' }))
    .getByRole('link')
    .allTextContents();

const shows = (page: Page, expected: string[]) => expect.poll(() => names(page)).toEqual(expected);
const showsSoMany = (page: Page, count: number) => expect.poll(() => names(page)).toHaveLength(count);

/** What axe finds is collected, so that one run tells all of it. */
async function look(page: Page): Promise<void> {
  violations.push(...(await accessibilityViolations(page)));
}

function nothingInaccessible(): void {
  expect(violations.splice(0)).toEqual([]);
}

test('a recording is found by a word of any script, and the address remembers how', async () => {
  await showsSoMany(admin, 50);
  expect((await names(admin)).slice(0, 2)).toEqual(['产品周会', 'Board meeting']);
  await look(admin);
  for (const words of ['周会', '王', '预算', '小明 产品']) {
    await search(admin).fill(words);
    await shows(admin, ['产品周会']);
  }
  await search(admin).fill('bea');
  await shows(admin, ['Board meeting']);
  await admin.reload();
  expect(await search(admin).inputValue()).toBe('bea');
  await shows(admin, ['Board meeting']);
  await search(admin).fill('nobody said this');
  await admin.getByText('No recording matches').waitFor();
  await look(admin);
  await button(admin, 'Show all recordings').click();
  await showsSoMany(admin, 50);
  await button(admin, 'Show more').click();
  await showsSoMany(admin, OLD_MEETINGS + 2);
  nothingInaccessible();
});

test('filters narrow the list, and columns put it in order', async () => {
  await admin.getByLabel('State').selectOption('Interrupted');
  await shows(admin, ['Board meeting']);
  await admin.getByLabel('State').selectOption('Any state');
  await admin.getByLabel('Length').selectOption('Over an hour');
  await shows(admin, ['产品周会']);
  await button(admin, 'Clear filters').click();
  await admin.getByLabel('From', { exact: true }).fill(dayOf(systemClock.nowMs() - 3 * DAY_MS));
  await shows(admin, ['产品周会', 'Board meeting']);
  await button(admin, 'Size').click();
  await shows(admin, ['Board meeting', '产品周会']);
  await button(admin, 'Size').click();
  await shows(admin, ['产品周会', 'Board meeting']);
  expect(new URL(admin.url()).searchParams.get('sort')).toBe('smallest');
  await button(admin, 'Date').click();
  await button(admin, 'Clear filters').click();
  await showsSoMany(admin, OLD_MEETINGS + 2);
});

test('several are deleted at once after a question, and what is pinned outlives the rules', async () => {
  await search(admin).fill('#5');
  await shows(admin, ['Weekly #5', 'Weekly #50', 'Weekly #51', 'Weekly #52']);
  await admin.getByRole('button', { name: 'Pin Weekly #52' }).click();
  await admin.getByRole('button', { name: 'Pin Weekly #52', pressed: true }).waitFor();
  await admin.getByRole('checkbox', { name: 'Select Weekly #50' }).check();
  await admin.getByRole('checkbox', { name: 'Select Weekly #51' }).check();
  await admin.getByText('2 selected · 4 kB').waitFor();
  await look(admin);
  await button(admin, 'Delete').click();
  await look(admin);
  await button(admin, 'Keep').click();
  await button(admin, 'Delete').click();
  await button(admin, 'Delete for good').click();
  await admin.getByText('2 recordings deleted.').waitFor();
  await shows(admin, ['Weekly #5', 'Weekly #52']);
  const other = admin.getByRole('checkbox', { name: 'Select Weekly #52' });
  await other.check();
  await other.uncheck();
  await admin.getByText('2 recordings deleted.').waitFor({ state: 'detached' });
  expect(await readRecordings(running.system.env.RECORDINGS_DIR ?? '')).toHaveLength(OLD_MEETINGS);

  await go(admin, 'Storage');
  await admin.getByRole('img', { name: 'New recordings per day' }).waitFor();
  await admin.getByText('Without rules nothing is ever deleted by itself.').waitFor();
  await admin.getByLabel('Delete recordings older than').fill('88');
  await admin.getByText('These rules would now delete one recording, 2 kB:').waitFor();
  await admin.getByText('One pinned recording (2 kB) would be kept').waitFor();
  await look(admin);
  await button(admin, 'Save rules').click();
  await button(admin, 'Save and delete').click();
  await admin.getByText('The rules are saved.').waitFor();
  await button(admin, 'Delete now').click();
  await button(admin, 'Delete for good').click();
  await admin.getByText('One recording deleted').waitFor();
  await admin.getByText('These rules would delete nothing now.').waitFor();
  const left = (await readRecordings(running.system.env.RECORDINGS_DIR ?? '')).map(
    ({ manifest }) => manifest.meeting.name,
  );
  expect(left).toContain('Weekly #52');
  expect(left).not.toContain('Weekly #49');
  nothingInaccessible();
});

test('the audit log tells in words who did what', async () => {
  await go(admin, 'Audit log');
  const log = admin.getByRole('main').getByRole('listitem');
  await log.filter({ hasText: 'The administrator changed the deletion rules' }).waitFor();
  await look(admin);
  await admin.getByLabel('What happened').selectOption('pinned a recording');
  await expect.poll(() => log.count()).toBe(1);
  expect(await log.textContent()).toContain('The administrator pinned a recording');
  await log.getByRole('link', { name: 'Weekly #52' }).waitFor();
  // In one breath: the second choice comes before the page has been drawn after the first.
  await admin.evaluate(() => {
    const links = [...document.querySelectorAll<HTMLElement>('main a')];
    links.find(({ textContent }) => textContent === 'Only this recording')?.click();
    const [select] = document.querySelectorAll('select');
    if (!select) return;
    select.value = '';
    select.dispatchEvent(new Event('change', { bubbles: true }));
  });
  await admin.getByRole('button', { name: 'Show all recordings' }).waitFor();
  await expect.poll(() => admin.getByLabel('What happened').inputValue()).toBe('');
  await expect.poll(() => log.count()).toBe(1);
  nothingInaccessible();
});

test('on a phone there are cards, filters on demand, and every page fits', async () => {
  const context = await running.browser.newContext({
    viewport: PHONE,
    storageState: await admin.context().storageState(),
  });
  const page = await context.newPage();
  await page.goto(`${running.url}/admin?state=interrupted`);
  await shows(page, ['Board meeting']);
  await page.getByRole('button', { name: 'Filters (1)' }).click();
  await page.getByLabel('State').selectOption('Any state');
  await page.getByLabel('Order').selectOption('Longest first');
  await expect.poll(async () => (await names(page))[0]).toBe('产品周会');
  await page.getByRole('checkbox', { name: 'Select 产品周会' }).check();
  for (const name of ['Recordings', 'Storage', 'Audit log', 'Account']) {
    await go(page, name);
    await page.getByRole('heading', { level: 1, name }).waitFor();
    await look(page);
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    expect([name, width]).toEqual([name, PHONE.width]);
  }
  await context.close();
  nothingInaccessible();
});

test('a host finds, shares and downloads the recordings of their own meeting without a password', async () => {
  const ada = await running.arrive('Ada', {
    owner: 1,
    camera: { width: 320, height: 240, framesPerSecond: 15 },
    microphone: true,
  });
  const link = await ada.createMeeting(running.url, 'Our own');
  await ada.askToJoin();
  await ada.isIn();
  await ada.button('Start recording').click();
  await ada.light.waitFor();
  const badge = admin.getByRole('row', { name: /Our own.*Recording now/ });
  await go(admin, 'Recordings');
  await badge.waitFor();
  await ada.button('Stop recording').click();
  const all = ada.page.getByRole('link', { name: 'All recordings of this meeting' });
  await all.waitFor();
  await badge.waitFor({ state: 'hidden' });
  const count = (await readRecordings(running.system.env.RECORDINGS_DIR ?? '')).length;
  await untilRecording('it is complete', running.system.env.RECORDINGS_DIR ?? '', count - 1, (manifest) => {
    return manifest.meeting.name === 'Our own' && manifest.state === 'complete';
  });
  await ada.leave();
  await ada.page.getByRole('link', { name: 'All recordings of this meeting' }).click();
  await shows(ada.page, ['Our own']);
  await look(ada.page);

  // As on a later day, when the cookie that joining gave has run out.
  await ada.page.context().clearCookies();
  await ada.page.goto(running.url);
  await ada.page.getByRole('link', { name: 'Recordings of Our own' }).click();
  await ada.page.getByRole('link', { name: 'Our own', exact: true }).click();
  await ada.button('Share').waitFor();
  expect(await ada.button('Delete').count()).toBe(0);
  const downloading = ada.page.waitForEvent('download');
  await ada.button('Download FLV').click();
  expect((await readFile(await (await downloading).path())).subarray(0, 3).toString()).toBe('FLV');

  const stranger = await openAdmin(`${new URL(link).pathname}/recordings`);
  await stranger.getByText('Only the host sees these recordings').waitFor();
  await look(stranger);
  await stranger.context().close();
  nothingInaccessible();
});

test('a new password signs out the others, and signing out everywhere everybody', async () => {
  const other = await openAdmin();
  await signIn(other, ADMIN_PASSWORD);
  await showsSoMany(other, 50);
  await go(admin, 'Account');
  await look(admin);
  await admin.getByLabel('Current password').fill('not this one');
  await admin.getByLabel('New password').fill(NEXT_PASSWORD);
  await button(admin, 'Change password').click();
  await admin.getByText('Wrong password.').waitFor();
  await admin.getByLabel('Current password').fill(ADMIN_PASSWORD);
  await button(admin, 'Change password').click();
  await admin.getByText('The password is changed.').waitFor();

  // Noticed without a reload, at what is asked next.
  await other.getByRole('textbox', { name: 'Admin password' }).waitFor();
  await signIn(other, NEXT_PASSWORD);
  await showsSoMany(other, 50);
  await button(admin, 'Sign out everywhere').click();
  await admin.getByRole('dialog').getByRole('button', { name: 'Sign out everywhere' }).click();
  for (const page of [admin, other]) {
    await page.getByRole('textbox', { name: 'Admin password' }).waitFor();
  }
  await other.context().close();
  nothingInaccessible();
});

test('a wrong password is told, and after too many it is said when to try again', async () => {
  await signIn(admin, 'a guess');
  await admin.getByText('Wrong password.').waitFor();
  await look(admin);
  for (let attempt = 1; attempt < 10; attempt += 1) {
    await admin.request.post(`${running.url}/api/session`, { data: { password: 'a guess' } });
  }
  await button(admin, 'Sign in').click();
  await admin.getByText(/^Too many attempts\. Try again in \d\d s\.$/).waitFor();
  expect(await button(admin, 'Sign in').isDisabled()).toBe(true);
  await look(admin);
  nothingInaccessible();
});

/** `2026-11-22`, in the time zone of this machine and its browser. */
function dayOf(epochMs: number): string {
  return new Intl.DateTimeFormat('sv-SE').format(epochMs);
}
