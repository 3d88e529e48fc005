import { expect, test } from 'vitest';
import { FREE_TRIES } from '#service/guesses.ts';
import { openMeeting } from './testing/recorded-meeting.ts';
import { TestParticipant } from './testing/test-participant.ts';

const RECORD_KEY = 'the key of the house';
const host = (mayRecord?: true) =>
  ({ meeting: 'm2', role: 'host', connectionId: 'helga', ...(mayRecord && { mayRecord }) }) as const;

/** What the answers to Record are, one after the other. */
async function answers(who: TestParticipant, ...keys: (string | undefined)[]): Promise<string[]> {
  const codes: string[] = [];
  for (const key of keys) {
    const reply = await who.raw('startRecording', key === undefined ? {} : { key });
    const { error, ok } = reply as { ok: boolean; error?: { code: string } };
    codes.push(ok ? 'ok' : (error?.code ?? ''));
  }
  return codes;
}

test('anyone who is host records, unless told otherwise', async () => {
  const { hanna } = await openMeeting();
  expect(await answers(hanna, undefined)).toEqual(['ok']);
});

test('with a key only the key records, and guesses at it have to wait', async () => {
  const { hanna, sfu } = await openMeeting({ WHO_MAY_RECORD: 'key', RECORD_KEY });
  expect(await answers(hanna, undefined, '', 'a guess')).toEqual([
    'record-key-needed',
    'record-key-wrong',
    'record-key-wrong',
  ]);
  const guesses = Array.from({ length: FREE_TRIES - 2 }, () => 'a guess');
  await answers(hanna, ...guesses);
  expect(await answers(hanna, RECORD_KEY)).toEqual(['rate-limited']);
  const elsewhere = await TestParticipant.join(sfu, host(), undefined, '203.0.113.9');
  expect(await answers(elsewhere, RECORD_KEY)).toEqual(['ok']);
});

test('a token that may record needs no key, another host’s does', async () => {
  const { hanna, sfu } = await openMeeting({ WHO_MAY_RECORD: 'key', RECORD_KEY });
  const helga = await TestParticipant.join(sfu, host(true));
  expect(await answers(helga, undefined)).toEqual(['ok']);
  expect(await answers(hanna, undefined)).toEqual(['record-key-needed']);
});

test('with admin only a token that may record does, and the role alone is not enough', async () => {
  const { hanna, sfu } = await openMeeting({ WHO_MAY_RECORD: 'admin' });
  expect(await answers(hanna, undefined, RECORD_KEY)).toEqual(['record-admin-only', 'record-admin-only']);
  const guest = await TestParticipant.join(sfu, { connectionId: 'gus', mayRecord: true });
  expect(await answers(guest, undefined)).toEqual(['not-host']);
  const helga = await TestParticipant.join(sfu, host(true));
  expect(await answers(helga, undefined)).toEqual(['ok']);
});
