import { expect, test } from 'vitest';
import { joinClaimsSchema } from './join-token.ts';
import { MAX_VISIBLE_VIDEOS } from './media-requests.ts';
import { CHAT_MAX_LENGTH, chatTextSchema } from './meeting-state.ts';
import { fileSourceOf, kindOf, sourceSchema } from './people.ts';
import { recordingStateSchema } from './recording-state.ts';
import { notices, participantHandshakeSchema, requests } from './signalling.ts';
import { accepts, refuses } from './testing/bounds.ts';
import { nonceSchema } from './token-proof.ts';

const rtpCapabilities = { codecs: [], headerExtensions: [] };
const recordingId = '20260102T030405678Z-a1b2c3d4';

test('a handshake is bounded', () => {
  const shakes = (changes: object) => ({ token: 't'.repeat(4096), version: 1, ...changes });
  accepts(participantHandshakeSchema, shakes({}), shakes({ ticket: 't'.repeat(128) }));
  refuses(
    participantHandshakeSchema,
    shakes({ token: 't'.repeat(4097) }),
    shakes({ ticket: 't'.repeat(129) }),
    shakes({ version: 1.5 }),
  );
  accepts(nonceSchema, 'n'.repeat(43));
  refuses(nonceSchema, 'n'.repeat(42), 'n'.repeat(44), `${'n'.repeat(42)}=`);
});

test('the claims of a token say who comes in, and nothing that is not known', () => {
  const claims = (changes: object) => ({
    ...{ meeting: 'weekly', role: 'host', name: 'Ada', connectionId: 'ada' },
    ...changes,
  });
  accepts(
    joinClaimsSchema,
    claims({}),
    claims({ sub: 's'.repeat(256), mayRecord: true, videoCodec: 'vp8', audioCodec: 'opus' }),
  );
  refuses(
    joinClaimsSchema,
    ...[
      { role: 'admin' },
      { mayRecord: false },
      { sub: '' },
      { sub: 's'.repeat(257) },
      { videoCodec: 'av1' },
      { audioCodec: 'flac' },
    ].map(claims),
  );
});

test('who joins gives an answer that is one, or none; a withdrawal is none of them', () => {
  const { params } = requests.join;
  const join = (consent?: string) => ({ rtpCapabilities, ...(consent && { consent }) });
  accepts(params, join(), ...['accepted', 'declined', 'pending'].map(join));
  refuses(params, join('withdrawn'), join('yes'), { consent: 'accepted' });
  const answer = requests.answerConsent.params;
  accepts(answer, { answer: 'withdrawn', erase: true });
  refuses(answer, { answer: 'pending' }, { answer: 'withdrawn', erase: 'yes' });
});

test('a page shows so many videos, of sizes that there are', () => {
  const { params } = requests.setVisibleVideos;
  const video = (changes = {}) => ({ producerId: 'p', width: 1, height: 16_384, ...changes });
  const videos = (count: number) => ({ videos: Array.from({ length: count }, () => video()) });
  accepts(params, videos(0), videos(MAX_VISIBLE_VIDEOS));
  refuses(params, videos(MAX_VISIBLE_VIDEOS + 1));
  for (const changes of [{ width: 0 }, { height: 16_385 }, { width: 1.5 }, { producerId: '' }])
    refuses(params, { videos: [video(changes)] });
});

test('what is written in the chat may have lines, but no other control characters', () => {
  expect(chatTextSchema.parse(`  ${'x'.repeat(CHAT_MAX_LENGTH)}\n`)).toHaveLength(CHAT_MAX_LENGTH);
  accepts(chatTextSchema, 'one\ntwo\tthree');
  refuses(chatTextSchema, '', ' \n', 'x'.repeat(CHAT_MAX_LENGTH + 1), 'a\u0000b', 'a\rb', 'a\u001bb');
});

test('a recording that is on names itself, and only one that is recorded has a length', () => {
  accepts(
    recordingStateSchema,
    { status: 'off' },
    { status: 'recording', recordingId, elapsedMs: 0 },
    ...['starting', 'waiting', 'lost', 'stopping'].map((status) => ({ status, recordingId })),
  );
  refuses(
    recordingStateSchema,
    { status: 'recording', recordingId },
    { status: 'recording', recordingId, elapsedMs: -1 },
    { status: 'starting' },
    { status: 'paused', recordingId },
  );
});

test('a page is told why it ended by one of five words', () => {
  accepts(
    notices.ended,
    ...['replaced', 'removed', 'refused', 'meeting-ended', 'idle'].map((reason) => ({ reason })),
  );
  refuses(notices.ended, {}, { reason: 'left' });
});

test('every source has its kind and its file', () => {
  expect(sourceSchema.options.map((source) => [source, kindOf(source), fileSourceOf(source)])).toEqual([
    ['microphone', 'audio', 'camera'],
    ['camera', 'video', 'camera'],
    ['screen', 'video', 'screen'],
    ['screen-audio', 'audio', 'screen'],
  ]);
});
