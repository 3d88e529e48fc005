import { beforeAll, expect, test } from 'vitest';
import type { Person } from './testing/person.ts';
import { readRecordings, untilRecording } from './testing/recordings-on-disk.ts';
import { runSystem } from './testing/run-system.ts';

const SMALL = { width: 320, height: 180, framesPerSecond: 15 };

const running = runSystem();
let ada: Person;
let ben: Person;
let cleo: Person;
let link: string;

beforeAll(async () => {
  ada = await running.arrive('Ada', { owner: 1, camera: SMALL, microphone: true });
  ben = await running.arrive('Ben', { owner: 2, microphone: true });
  cleo = await running.arrive('Cleo', { owner: 3, microphone: true });
  link = await ada.createMeeting(running.url, 'Room');
  await ada.askToJoin();
  await ada.isIn();
  await ben.join(link);
});

test('what is written is read by the others, and kept with the recording', async () => {
  await ada.button('Start recording').click();
  await ben.answer('Accept');
  await ada.light.waitFor();
  await ben.button('Chat').click();
  await ben.page.getByRole('textbox', { name: 'Message' }).fill('第一条 message\nof two lines');
  await ben.page.getByRole('textbox', { name: 'Message' }).press('Enter');
  // Told over the pictures, counted at the button, and there when it is opened.
  await ada.page.getByText('Ben: 第一条 message').waitFor();
  await expect.poll(() => ada.button('Chat').getAttribute('aria-description')).toBe('1 unread');
  await ada.button('Chat').click();
  const chat = ada.page.getByRole('complementary', { name: 'Chat' });
  await chat.getByText('第一条 message').waitFor();
  await ada.button('Stop recording').click();
  await untilRecording(
    'it is complete',
    running.system.recordingsDir,
    0,
    ({ state }) => state === 'complete',
  );
  const [recording] = await readRecordings(running.system.recordingsDir);
  expect(recording?.manifest.chat).toMatchObject([{ name: 'Ben', text: '第一条 message\nof two lines' }]);
  await ben.button('Close chat').click();
});

test('a raised hand is seen by everybody, and lowered by the host', async () => {
  await ben.button('Raise hand').click();
  await ada.button('People').click();
  const people = ada.page.getByRole('complementary', { name: 'People' });
  await people.getByRole('img', { name: 'Hand raised' }).waitFor();
  await people.getByRole('button', { name: 'Actions for Ben' }).click();
  await ada.page.getByRole('menuitem', { name: 'Lower hand' }).click();
  await people.getByRole('img', { name: 'Hand raised' }).waitFor({ state: 'detached' });
  await expect.poll(() => ben.button('Raise hand').getAttribute('aria-pressed')).toBe('false');
});

test('the host switches off a microphone, and its owner is told and may switch it on again', async () => {
  await ada.untilHears(ben);
  await ada.button('Actions for Ben').click();
  await ada.page.getByRole('menuitem', { name: 'Switch off microphone' }).click();
  await ben.page.getByText('The host has switched off your microphone.').waitFor();
  await expect.poll(() => ben.button('Microphone').getAttribute('aria-pressed')).toBe('false');
  await ada.untilHears(ben, false);
  await ben.toggle('Microphone');
  await ada.untilHears(ben);
});

test('who waits is let in by the host', async () => {
  const people = ada.page.getByRole('complementary', { name: 'People' });
  await people.getByRole('combobox', { name: 'Who may come in' }).selectOption('Whom I let in');
  await cleo.page.goto(link);
  await cleo.askToJoin();
  await cleo.page.getByText('The host has been told that you are here.').waitFor();
  await people.getByRole('button', { name: 'Let Cleo in' }).click();
  await cleo.isIn();
  await cleo.untilHears(ben);
});

test('the host role is handed over, and its new holder removes somebody and ends the meeting', async () => {
  await ada.button('Actions for Ben').click();
  await ada.page.getByRole('menuitem', { name: 'Make host' }).click();
  await ben.button('Start recording').waitFor();
  await ada.button('Start recording').waitFor({ state: 'detached' });
  await ben.button('People').click();
  await ben.button('Actions for Cleo').click();
  await ben.page.getByRole('menuitem', { name: 'Remove from the meeting' }).click();
  await cleo.page.getByRole('heading', { name: 'You were removed from the meeting' }).waitFor();
  await ben.button('End meeting for everybody').click();
  await ben.page.getByRole('dialog').getByRole('button', { name: 'End meeting' }).click();
  await ada.page.getByRole('heading', { name: 'The meeting has ended' }).waitFor();
  for (const { name, watched } of [ada, ben, cleo]) expect.soft(watched.troubles(), name).toEqual([]);
});
