import { readdir } from 'node:fs/promises';
import { beforeAll, expect, test } from 'vitest';
import type { Manifest } from '#protocol/manifest.ts';
import { scaled } from '#scripts/testing/slowness.ts';
import { accessibilityViolations } from './testing/accessibility.ts';
import type { Person } from './testing/person.ts';
import { readRecordings, untilRecording } from './testing/recordings-on-disk.ts';
import { runSystem } from './testing/run-system.ts';

/** From the server's word that somebody has withdrawn until its media worker sends nothing more of them. */
const SILENT_MS = 100;

const running = runSystem();
let ada: Person;
let ben: Person;
let link: string;

beforeAll(async () => {
  const camera = { width: 320, height: 240, framesPerSecond: 10 };
  ada = await running.arrive('Ada', { owner: 1, camera, microphone: true });
  ben = await running.arrive('Ben', { owner: 2, camera, microphone: true });
  link = await ada.createMeeting(running.url, 'Consent');
  await ada.askToJoin();
  await ada.isIn();
  await ben.join(link);
});

const until = (what: string, condition: (manifest: Manifest) => boolean) =>
  untilRecording(what, running.system.recordingsDir, 0, condition);
const filesOf = ({ files }: Manifest, name: string) => files.filter(({ personName }) => personName === name);
const says = (person: Person, words: string) => person.page.getByText(words, { exact: true }).waitFor();

/** "Stop recording me", and what is to become of what there is. */
async function withdraw(person: Person, answer: 'Keep it' | 'Erase it'): Promise<void> {
  await person.button('Stop recording me').click();
  await person.page.getByRole('dialog').getByRole('button', { name: answer }).click();
  await says(person, 'You are not recorded');
}

test('whoever made the meeting and comes back into its recording is asked like everybody else', async () => {
  await ada.button('Start recording').click();
  await ben.answer('Accept');
  await Promise.all([ada.light.waitFor(), ben.light.waitFor()]);
  await until('both are recorded', ({ files }) => files.length === 2);
  await ada.page.reload();
  await ada.page.getByText('You will be asked before you join.').waitFor();
  await ada.askToJoin();
  await ada.consentDialog.waitFor();
  expect(await accessibilityViolations(ada.page)).toEqual([]);
  await ada.answer('Continue without being recorded');
  await ada.isIn();
  await says(ada, 'You are not recorded');
  const [recording] = await readRecordings(running.system.recordingsDir);
  expect(recording && filesOf(recording.manifest, 'Ada')).toHaveLength(1);
  await ada.button('Let me be recorded').click();
  await says(ada, 'You are being recorded');
  await until('she is recorded again', (manifest) => filesOf(manifest, 'Ada').length === 2);
});

test('a withdrawal ends the file at once, and outlives a reload and another window', async () => {
  await withdraw(ben, 'Keep it');
  const { manifest } = await until('his file is complete', (one) =>
    filesOf(one, 'Ben').every(({ state }) => state === 'complete'),
  );
  const [file] = filesOf(manifest, 'Ben');
  const answer = manifest.consent.findLast(({ name }) => name === 'Ben');
  expect(answer?.consent).toBe('withdrawn');
  const endMs = manifest.startedAtMs + (file?.startOffsetMs ?? 0) + (file?.durationMs ?? 0);
  console.info(`written of somebody after their withdrawal: ${Math.round(endMs - (answer?.atMs ?? 0))} ms`);
  expect(endMs).toBeLessThanOrEqual((answer?.atMs ?? 0) + scaled(SILENT_MS));

  await ben.page.reload();
  await ben.askToJoin();
  await ben.isIn();
  await says(ben, 'You are not recorded');
  const window = await ben.watched.context.newPage();
  await window.goto(link);
  await window.getByRole('textbox', { name: 'Your name' }).fill('Benjamin');
  await window.getByRole('button', { name: 'Join meeting' }).click();
  await window.getByText('You are not recorded', { exact: true }).waitFor();
  await ada.untilSees(ben);
  await window.close();
  const { manifest: later } = await until('he has come back twice', ({ people }) =>
    people.some(({ name }) => name === 'Benjamin'),
  );
  expect(filesOf(later, 'Ben')).toEqual([file]);
  expect(filesOf(later, 'Benjamin')).toEqual([]);
});

test('an erasure is carried out although the meeting server is killed before it is, and then the recorder', async () => {
  await ben.button('Let me be recorded').click();
  await says(ben, 'You are being recorded');
  const { path } = await until('he is recorded again', (manifest) => filesOf(manifest, 'Ben').length === 2);
  const [sfu, recorder] = [await running.system.pidOf('sfu'), await running.system.pidOf('recorder')];
  process.kill(recorder, 'SIGSTOP');
  // The server has heard it, and no recorder is there to do it.
  await withdraw(ben, 'Erase it');
  process.kill(sfu, 'SIGKILL');
  process.kill(recorder, 'SIGCONT');
  await until('the wish is written down', ({ consent }) => consent.some(({ erase }) => erase));
  process.kill(recorder, 'SIGKILL');

  const isOver = ({ files, state }: Manifest) =>
    state !== 'recording' || files.some(({ state: one }) => one === 'writing');
  await until('the recording goes on, or is repaired', isOver);
  const bens = async () => (await readdir(path)).filter((name) => /^Ben/.test(name));
  await expect.poll(bens).toEqual([]);
  await until('nothing is told of his files', (manifest) => filesOf(manifest, 'Ben').length === 0);
  await ben.isIn();
});
