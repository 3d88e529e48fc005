import { expect, test } from 'vitest';
import type { Manifest } from '#protocol/manifest.ts';
import { accessibilityViolations } from './testing/accessibility.ts';
import type { Person } from './testing/person.ts';
import { untilRecording } from './testing/recordings-on-disk.ts';
import { runSystem } from './testing/run-system.ts';
import { until } from './testing/wait.ts';

interface WithCaptured extends Window {
  captured: MediaStreamTrack[];
}

const running = runSystem();

/** Runs in the page before its own scripts: remembers what was captured. */
function rememberCaptured(): void {
  const captured: MediaStreamTrack[] = [];
  (window as unknown as WithCaptured).captured = captured;
  const { mediaDevices } = navigator;
  const open = mediaDevices.getUserMedia.bind(mediaDevices);
  mediaDevices.getUserMedia = async (constraints) => {
    const stream = await open(constraints);
    captured.push(...stream.getTracks());
    return stream;
  };
}

/** What a phone does when a call comes in, and when it is over. */
async function callComes({ page }: Person, isOn: boolean): Promise<void> {
  await page.evaluate((muted) => {
    for (const track of (window as unknown as WithCaptured).captured) {
      if (track.kind !== 'audio') continue;
      Object.defineProperty(track, 'muted', { value: muted, configurable: true });
      track.dispatchEvent(new Event(muted ? 'mute' : 'unmute'));
    }
  }, isOn);
}

test('[TAKE20] a phone call takes the microphone: its person is told, the others see it, the manifest has the gap', async () => {
  const ada = await running.arrive('Ada', { owner: 1, microphone: true });
  const ben = await running.arrive('Ben', { owner: 2, microphone: true });
  await ada.watched.context.addInitScript(rememberCaptured);
  const link = await ada.createMeeting(running.url, 'Call');
  await ada.askToJoin();
  await ada.isIn();
  await ben.join(link);
  await ada.button('Start recording').click();
  await ben.answer('Continue without being recorded');
  await ada.light.waitFor();
  await ben.untilHears(ada);

  const told = ada.page.getByText('Your system has taken the microphone');
  const muted = ben.page
    .locator('figure')
    .filter({ hasText: 'Ada' })
    .getByRole('img', { name: 'Microphone off' });
  await callComes(ada, true);
  await told.waitFor();
  await muted.waitFor();
  await ben.untilHears(ada, false);
  expect(await accessibilityViolations(ada.page)).toEqual([]);
  await callComes(ada, false);
  await told.waitFor({ state: 'hidden' });
  await muted.waitFor({ state: 'hidden' });
  await ben.untilHears(ada);
  await ada.button('Stop recording').click();
  const { manifest } = await untilRecording(
    'it is complete',
    running.system.recordingsDir,
    0,
    ({ state }: Manifest) => state === 'complete',
  );
  const [file] = manifest.files;
  expect(file?.muted).toEqual([]);
  const gaps = file?.gaps.filter(({ cause }) => cause === 'system-muted') ?? [];
  expect(gaps, JSON.stringify(file?.gaps)).toMatchObject([{ kind: 'audio' }]);
  await until(
    'nothing goes wrong',
    () => ada.watched.troubles().length + ben.watched.troubles().length === 0,
  );
});
