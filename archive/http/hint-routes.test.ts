import { rm } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { PROTOCOL_VERSION } from '#protocol/version.ts';
import { ManualClock } from '#service/testing/manual-clock.ts';
import { isProof, makeNonce, proofOf } from '#service/token-proof.ts';
import { CHALLENGE_LIFETIME_MS } from '../access/hint-door.ts';
import { asking, askingAsAdmin } from '../testing/client.ts';
import { hint } from '../testing/hint.ts';
import { openTestArchive, RECORDER_TOKEN } from '../testing/open-test-archive.ts';
import { sampleId, sampleManifest, writeRecording } from '../testing/sample.ts';

async function openDoor() {
  const clock = new ManualClock();
  const archive = await openTestArchive({ clock });
  const ask = asking(archive);
  const post = async (path: string, body: object) => {
    const answer = await ask('POST', path, body);
    return { answer, body: answer.body };
  };
  const challenge = async (): Promise<string> =>
    (await ask('POST', '/api/hint/challenge', {})).body.challenge;
  return { archive, clock, ask, post, challenge };
}

const recordingId = sampleId(2);

/** A hint that is right, but for what is changed in it. */
function hintOf(challenge: string, token = RECORDER_TOKEN) {
  const nonce = makeNonce();
  const proof = proofOf(token, 'recorder-to-archive', [challenge, nonce, recordingId]);
  return { version: PROTOCOL_VERSION, recordingId, challenge, nonce, proof };
}

test('a hint indexes one recording, new, changed or gone', async () => {
  const { archive, post } = await openDoor();
  const admin = await askingAsAdmin(archive);
  const known = async () => (await admin('GET', `/api/recordings/${recordingId}`)).status;
  const folder = await writeRecording(archive.recordings, sampleManifest(2));
  expect(await known()).toBe(404);
  expect((await hint(post, RECORDER_TOKEN, recordingId)).status).toBe(200);
  expect(await known()).toBe(200);
  await rm(folder, { recursive: true });
  expect((await hint(post, RECORDER_TOKEN, recordingId)).status).toBe(200);
  expect(await known()).toBe(404);
  expect((await hint(post, RECORDER_TOKEN, '../data')).status).toBe(400);
  expect((await hint(post, 'another token', recordingId)).status).toBe(401);
});

test('a hint is taken once, for what it was made, and by an archive that proves itself', async () => {
  const { ask, challenge, clock } = await openDoor();
  const good = hintOf(await challenge());
  const answer = await ask('POST', '/api/hint', good);
  const parts = [good.challenge, good.nonce, recordingId];
  expect(isProof(answer.body.proof, RECORDER_TOKEN, 'archive-to-recorder', parts)).toBe(true);
  const code = async (body: object) => (await ask('POST', '/api/hint', body)).body.error?.code;
  const wrong = 'recorder-token-wrong';
  expect(await code(good), 'again').toBe(wrong);
  expect(await code({ ...good, proof: answer.body.proof }), 'sent back').toBe(wrong);
  expect(await code({ ...hintOf(await challenge()), recordingId: sampleId(3) })).toBe(wrong);
  expect(await code(hintOf(await challenge(), 'another token'))).toBe(wrong);
  expect(await code(hintOf(`${Math.floor(clock.nowMs())}.${makeNonce()}.${makeNonce()}`))).toBe(wrong);
  const late = hintOf(await challenge());
  clock.advance(CHALLENGE_LIFETIME_MS);
  expect(await code(late), 'late').toBe(wrong);
  expect(await code(hintOf(await challenge()))).toBeUndefined();
});

test('a recorder of before, which sends the token itself, is told that it is out of date', async () => {
  const { archive } = await openDoor();
  const ask = asking(archive, { authorization: `Bearer ${RECORDER_TOKEN}` });
  const answer = await ask('POST', '/api/hint', { recordingId });
  expect([answer.status, answer.body.error.code]).toEqual([409, 'protocol-mismatch']);
});
