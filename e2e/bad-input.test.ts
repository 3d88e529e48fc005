import { once } from 'node:events';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Socket } from 'socket.io-client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { errors } from '#protocol/errors.ts';
import { createMeetingResultSchema } from '#protocol/http/meetings.ts';
import type { JoinClaims } from '#protocol/join-token.ts';
import { runSystem } from './testing/run-system.ts';
import { launch, ownEnvironment, startWithoutRecorder } from './testing/system.ts';
import { mintToken, openSocket } from './testing/tokens.ts';

const running = runSystem(startWithoutRecorder);
let folder: string;
let meeting: { meetingId: string; hostKey: string };

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'verbatim-e2e-bad-'));
  const made = await post('/api/meetings', { name: 'Bad input' });
  meeting = createMeetingResultSchema.parse(await made.json());
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

function post(path: string, body: unknown): Promise<Response> {
  return fetch(`${running.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

const claims = (changes: Partial<JoinClaims> = {}): JoinClaims => ({
  meeting: meeting.meetingId,
  role: 'participant',
  name: 'Mallory',
  connectionId: 'mallory',
  ...changes,
});

/** A page in which the archive's answer to joining is this token. */
async function pageWithToken(token: string, connectionId = 'mallory') {
  const watched = await running.openPage({ owner: 9, microphone: true });
  await watched.page.route('**/api/meetings/*/join', (route) =>
    route.fulfill({ json: { token, connectionId } }),
  );
  await watched.page.goto(`${running.url}/m/${meeting.meetingId}`);
  await watched.page.getByRole('textbox', { name: 'Your name' }).fill('Mallory');
  await watched.page.getByRole('button', { name: 'Join meeting', exact: true }).click();
  return watched;
}

test('without a recorder, Record answers "No recorder is connected."', async () => {
  const host = await running.arrive('Hannah', { owner: 1, microphone: true });
  await host.createMeeting(running.url, 'No recorder');
  await host.askToJoin();
  await host.isIn();
  await host.button('Start recording').click();
  await host.page.getByText('No recorder is connected').first().waitFor();
  expect(await host.light.count()).toBe(0);
  await host.watched.context.close();
});

test('a meeting that does not exist is said so', async () => {
  const { page, context } = await running.openPage({ owner: 2, microphone: true });
  await page.goto(`${running.url}/m/nosuchmeeting`);
  const words = page.getByText('There is no such meeting').first();
  await words.waitFor();
  await context.close();
  const answer = await post('/api/meetings/nosuchmeeting/join', { name: 'Mallory' });
  expect(answer.status).toBe(404);
  expect(await answer.json()).toMatchObject({ error: { code: 'meeting-not-found' } });
});

test('an expired, a forged and a nonsensical token are refused, in words', async () => {
  const expired = await mintToken(running.system.secrets.JOIN_SECRET, claims(), '-1h');
  const forged = await mintToken('not the secret of this system, but as long', claims());
  expect(await openSocket(running.url, { token: expired })).toMatchObject({ code: 'token-expired' });
  for (const token of [forged, 'nonsense', '']) {
    expect(await openSocket(running.url, { token })).toMatchObject({ code: 'token-invalid' });
  }
  const first = await pageWithToken(expired);
  await first.page.getByText(errors['token-expired'].message).first().waitFor();
  await first.context.close();
  const second = await pageWithToken(forged);
  await second.page.getByText(errors['token-invalid'].message).first().waitFor();
  await second.context.close();
});

test('a page of another version is told to reload', async () => {
  const token = await mintToken(running.system.secrets.JOIN_SECRET, claims());
  expect(await openSocket(running.url, { token, version: 999 })).toMatchObject({ code: 'protocol-mismatch' });
});

test('a wrong host key is refused, and a second host comes in as a participant', async () => {
  const wrong = await post(`/api/meetings/${meeting.meetingId}/join`, { name: 'Mallory', hostKey: 'wrong' });
  expect(wrong.status).toBe(403);
  expect(await wrong.json()).toMatchObject({ error: { code: 'host-key-wrong' } });

  const first = await pageWithToken(
    await mintToken(
      running.system.secrets.JOIN_SECRET,
      claims({ role: 'host', name: 'Host', connectionId: 'host-1' }),
    ),
    'host-1',
  );
  await first.page.getByRole('button', { name: 'Leave', exact: true }).waitFor();
  const second = await pageWithToken(
    await mintToken(running.system.secrets.JOIN_SECRET, claims({ role: 'host', connectionId: 'host-2' })),
    'host-2',
  );
  await second.page.getByRole('button', { name: 'Leave', exact: true }).waitFor();
  expect(await second.page.getByRole('button', { name: 'Start recording' }).count()).toBe(0);
  expect(await first.page.getByRole('button', { name: 'Start recording' }).count()).toBe(1);
  await first.context.close();
  await second.context.close();
});

test('oversized and empty names are refused', async () => {
  for (const name of ['x'.repeat(121), '', ' ', 'a\u0000b', 'x'.repeat(2_000_000)]) {
    const answer = await post('/api/meetings', { name });
    expect(answer.status, name.slice(0, 10)).toBeOneOf([400, 413]);
    const { error } = (await answer.json()) as { error: { code: string; message: string } };
    expect(error.code).toBeOneOf(['bad-request', 'too-large']);
    expect(error.message.length).toBeGreaterThan(10);
  }
  const join = await post(`/api/meetings/${meeting.meetingId}/join`, { name: 'x'.repeat(81) });
  expect(join.status).toBe(400);
  const token = await mintToken(running.system.secrets.JOIN_SECRET, claims({ name: 'x'.repeat(81) }));
  expect(await openSocket(running.url, { token })).toMatchObject({ code: 'token-invalid' });
});

test('unknown and malformed messages get typed errors, and the socket lives on', async () => {
  const token = await mintToken(running.system.secrets.JOIN_SECRET, claims({ connectionId: 'malformed' }));
  const socket = await openSocket(running.url, { token });
  if (!(socket instanceof Socket)) throw new Error(socket.message);
  const ask = (event: string, ...params: unknown[]) => socket.timeout(5000).emitWithAck(event, ...params);
  expect(await ask('nonsense', {})).toMatchObject({ ok: false, error: { code: 'unknown-message' } });
  for (const params of [undefined, null, 7, 'text', [], { transportId: 'x'.repeat(100_000) }]) {
    expect(await ask('produce', params)).toMatchObject({ ok: false, error: { code: 'bad-request' } });
  }
  expect(await ask('startRecording', {})).toMatchObject({ ok: false });
  expect(await ask('hello', {})).toMatchObject({ ok: true });
  socket.close();
});

const rogue = { nonce: 'a'.repeat(43), recorderId: 'rogue', instanceId: 'x', capacity: 1 };

test('a recorder with a wrong token is refused', async () => {
  const socket = await openSocket(running.system.env.SFU_URL ?? '', rogue, '/recorder');
  if (!(socket instanceof Socket)) throw new Error(socket.message);
  const refusal = new Promise((resolve) => socket.once('refused', resolve));
  socket.once('challenge', (_data, answer) => answer({ proof: 'b'.repeat(43) }));
  expect(await refusal).toMatchObject({ code: 'recorder-token-wrong' });
  socket.close();
});

test('the recorders’ door does not open from the web page’s side', async () => {
  expect(await openSocket(running.url, rogue, '/recorder')).toMatchObject({ code: 'forbidden' });
});

test('a browser without camera and microphone permission is told so, and may join all the same', async () => {
  const { page, context } = await running.openPage();
  await page.goto(`${running.url}/m/${meeting.meetingId}`);
  await page
    .getByText(
      /(camera|microphone).*(permission|refused|denied|blocked|allow)|(permission|refused|denied|blocked|allow).*(camera|microphone)/i,
    )
    .first()
    .waitFor();
  await page.getByRole('textbox', { name: 'Your name' }).fill('Nobody');
  await page.getByRole('button', { name: 'Join meeting', exact: true }).click();
  await page.getByRole('button', { name: 'Leave', exact: true }).waitFor();
  await context.close();
});

/** Starts a system that cannot start; answers its exit status and what it printed. */
async function failingStart(
  changes: Record<string, string>,
): Promise<{ code: number | null; words: string }> {
  const { process: child, output } = launch({ ...(await ownEnvironment(folder)), ...changes });
  const [code] = await once(child, 'close');
  return { code, words: output() };
}

test('a busy port is named, with the key that changes it', async () => {
  const blocker = createServer();
  blocker.listen(0, '127.0.0.1');
  await once(blocker, 'listening');
  const address = blocker.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const { code, words } = await failingStart({ PORT: `${port}` });
  blocker.close();
  expect(code).toBe(1);
  expect(words).toContain(`${port}`);
  expect(words).toMatch(/\(PORT\) is already in use/);
});

test('a recordings folder that cannot be written is named', async () => {
  const file = join(folder, 'a-file');
  await writeFile(file, '');
  const { code, words } = await failingStart({ RECORDINGS_DIR: join(file, 'recordings') });
  expect(code).toBe(1);
  expect(words).toContain('RECORDINGS_DIR');
  expect(words).toMatch(/cannot be written/);
});

test('a broken ffmpeg, and one that is missing, are named', async () => {
  const broken = join(folder, 'broken-ffmpeg');
  await writeFile(broken, '#!/bin/sh\nexit 1\n');
  await chmod(broken, 0o755);
  for (const path of [broken, join(folder, 'no-such-ffmpeg')]) {
    const { code, words } = await failingStart({ FFMPEG_PATH: path });
    expect(code).toBe(1);
    expect(words).toContain('FFMPEG_PATH');
    expect(words).toContain(path);
  }
});

test('faults of the configuration are told together', async () => {
  const { code, words } = await failingStart({ PORT: 'many', LOG_LEVEL: 'loud' });
  expect(code).toBe(1);
  expect(words).toMatch(/PORT: .*\n.*LOG_LEVEL|LOG_LEVEL: .*\n.*PORT/s);
});
