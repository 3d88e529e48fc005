import type { WebSocketRoute } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { accessibilityViolations } from './testing/accessibility.ts';
import { removeH264 } from './testing/participant-media/without-h264.ts';
import type { Person } from './testing/person.ts';
import { untilRecording } from './testing/recordings-on-disk.ts';
import { runSystem } from './testing/run-system.ts';
import { until } from './testing/wait.ts';

const camera = { width: 320, height: 240, framesPerSecond: 10 };

const running = runSystem();
let link: string;
let ada: Person;
/** Ada's sockets, the latest last. */
const sockets: WebSocketRoute[] = [];
let isReachable = true;

beforeAll(async () => {
  ada = await running.arrive('Ada', { owner: 1, camera, microphone: true });
  await ada.page.routeWebSocket(/socket\.io/, (socket) => {
    if (!isReachable) return void socket.close({ code: 1001 });
    socket.connectToServer();
    sockets.push(socket);
  });
  await ada.page.route(/socket\.io/, (route) => (isReachable ? route.continue() : route.abort()));
  link = await ada.createMeeting(running.url, 'Connections');
});

const state = (person: Person) => person.page.getByRole('status', { name: 'Connection' });

test('[P1] the page connects by itself, shows its state, and reconnects by itself', async () => {
  await state(ada).getByText('Connected').waitFor();
  isReachable = false;
  await sockets.at(-1)?.close({ code: 1001 });
  await state(ada).getByText('Reconnecting…').waitFor();
  isReachable = true;
  await state(ada).getByText('Connected').waitFor();
  await ada.askToJoin();
  await ada.isIn();
});

test('[P5] everybody is recorded at once; a network that is gone for seconds stops neither pictures nor recording', async () => {
  const bea = await running.arrive('Bea', { owner: 2, camera, microphone: true });
  await bea.join(link);
  await ada.untilSees(bea);
  await ada.button('Start recording').click();
  await bea.answer('Accept');
  await Promise.all([ada.light.waitFor(), bea.light.waitFor()]);
  isReachable = false;
  await sockets.at(-1)?.close({ code: 1001 });
  await ada.page.getByText('The connection to the server is lost.').waitFor();
  await ada.light.waitFor({ state: 'hidden' });
  expect(await bea.light.isVisible()).toBe(true);
  await bea.untilSees(ada);
  isReachable = true;
  await ada.light.waitFor();
  await ada.button('Stop recording').click();
  const { manifest } = await untilRecording(
    'it is complete',
    running.system.recordingsDir,
    0,
    ({ state }) => state === 'complete',
  );
  expect(manifest.files.map(({ personName }) => personName).sort()).toEqual(['Ada', 'Bea']);
  await bea.watched.context.close();
});

test('a media worker that dies costs a moment; nobody is thrown out, and what was said stays', async () => {
  const cem = await running.arrive('Cem', { owner: 3, camera, microphone: true });
  await cem.join(link);
  await cem.untilSees(ada);
  await cem.button(/^Chat/).click();
  await cem.page.getByRole('textbox', { name: 'Message' }).fill('Before the fall');
  await cem.button('Send').click();
  const pids = [...running.system.output().matchAll(/media-worker-started index=\d+ pid=(\d+)/g)].map(
    ([, pid]) => Number(pid),
  );
  for (const pid of pids) process.kill(pid, 'SIGKILL');
  await until('other workers are there', () => {
    return running.system.output().match(/media-worker-started/g)?.length === 2 * pids.length;
  });
  await cem.untilSees(ada, false);
  await cem.untilSees(ada);
  await ada.untilSees(cem);
  await ada.untilHears(cem);
  expect(await cem.page.getByText('Before the fall').isVisible()).toBe(true);
  expect(await cem.page.getByText('You are connected again.').count()).toBe(0);
  await cem.watched.context.close();
});

test('who joins again in another window of the same browser is told so, and leaves the first', async () => {
  const other = await ada.watched.context.newPage();
  await other.goto(link);
  await other.getByRole('textbox', { name: 'Your name' }).fill('Ada’s colleague');
  await other.getByRole('button', { name: 'Join meeting' }).click();
  await other.getByRole('button', { name: 'Leave' }).waitFor();
  await ada.page.getByText('2 people').waitFor();
  await other.close();

  const second = await ada.watched.context.newPage();
  await second.goto(link);
  await second.getByText('You are in this meeting in another window.').waitFor();
  expect(await accessibilityViolations(second)).toEqual([]);
  await second.getByRole('textbox', { name: 'Your name' }).fill('Ada');
  await second.getByRole('button', { name: 'Join meeting' }).click();
  await second.getByRole('button', { name: 'Leave' }).waitFor();
  await ada.page.getByRole('heading', { name: 'This meeting was opened in another window' }).waitFor();
  expect(await accessibilityViolations(ada.page)).toEqual([]);
  await ada.button('Join again').click();
  await ada.page.getByText('You are in this meeting in another window.').waitFor();
  await second.close();
});

test('who cannot receive H.264 is told so before joining', async () => {
  const { context, page } = await running.openPage();
  await context.addInitScript(removeH264, 'receive');
  await page.goto(link);
  await page.getByText('This browser cannot show H.264').waitFor();
  await context.close();
});

test('a browser without WebRTC has a page of its own', async () => {
  const { context, page } = await running.openPage();
  await context.addInitScript(() => Reflect.deleteProperty(window, 'RTCPeerConnection'));
  await page.goto(link);
  await page.getByRole('heading', { name: 'This browser cannot take part in meetings' }).waitFor();
  expect(await accessibilityViolations(page)).toEqual([]);
  await page.goto(`${running.url}/record`);
  await page.getByRole('heading', { name: 'This browser cannot take part in meetings' }).waitFor();
  await context.close();
});
