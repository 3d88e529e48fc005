import { expect, test } from 'vitest';
import type { Person } from './testing/person.ts';
import { runSystem } from './testing/run-system.ts';
import { ADMIN_PASSWORD, startSystem } from './testing/system.ts';

const CREATE_KEY = 'key for making meetings';
const RECORD_KEY = 'key for recording';
const DEVICES = {
  owner: 1,
  camera: { width: 320, height: 240, framesPerSecond: 15 },
  microphone: true,
} as const;

const keys = { WHO_MAY_CREATE: 'key', CREATE_KEY, WHO_MAY_RECORD: 'key', RECORD_KEY };
const running = runSystem(() => startSystem(keys));

/** Gives a key that is not right, then the right one. */
async function giveKey(person: Person, key: string): Promise<void> {
  const dialog = person.page.getByRole('dialog');
  await dialog.getByRole('textbox', { name: 'Key' }).fill('a guess at it');
  await person.button('Continue').click();
  await dialog.getByText('This key is not right.').waitFor();
  await dialog.getByRole('textbox', { name: 'Key' }).fill(key);
  await person.button('Continue').click();
}

test('where keys are asked for, the pages ask for them: to make a meeting, to record, and to record oneself', async () => {
  const ada = await running.arrive('Ada', DEVICES);
  await ada.page.goto(running.url);
  await ada.page.getByRole('textbox', { name: 'Meeting name' }).fill('Weekly');
  await ada.button('New meeting').click();
  await giveKey(ada, CREATE_KEY);
  await ada.askToJoin();
  await ada.isIn();
  await ada.button('Start recording').click();
  await giveKey(ada, RECORD_KEY);
  await ada.light.waitFor();
  await ada.button('Stop recording').click();
  await ada.button('Start recording').waitFor();

  const ben = await running.arrive('Ben', DEVICES);
  await ben.page.goto(`${running.url}/record`);
  await giveKey(ben, CREATE_KEY);
  await ben.button('Record').click();
  await giveKey(ben, RECORD_KEY);
  await ben.button('Stop').click();
  await ben.button('Record').waitFor();
});

test('an administrator is asked for no key', async () => {
  const eve = await running.arrive('Eve', DEVICES);
  await eve.page.request.post(`${running.url}/api/session`, { data: { password: ADMIN_PASSWORD } });
  await eve.createMeeting(running.url, 'Monthly');
  await eve.askToJoin();
  await eve.isIn();
  await eve.button('Start recording').click();
  await eve.light.waitFor();
  expect(await eve.page.getByRole('dialog').count()).toBe(0);
});
