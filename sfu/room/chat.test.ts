import { expect, test } from 'vitest';
import { CHAT_MAX_LENGTH, CHAT_MAX_MESSAGES, chatTextSchema } from '#protocol/meeting-state.ts';
import { codeOf, openRoom } from '../testing/test-room.ts';

test('what is written reaches everybody, and the manifest when its author is recorded', () => {
  const { recording, room, join, news } = openRoom();
  join('h', 'host');
  join('a');
  recording.start('r', 1000, 'h');
  news();
  expect(room.say('h', 'hello')).toEqual({ id: 1, connectionId: 'h', name: 'h', atMs: 1000, text: 'hello' });
  expect(news()).toEqual(['joined: chatAdded', 'fact chat h']);
  room.say('a', 'not asked for this');
  expect(news()).toEqual(['joined: chatAdded']);
  expect(codeOf(() => room.say('x', 'who'))).toBe('not-joined');
});

test('so many messages are kept', () => {
  const { room, join } = openRoom();
  join('a');
  for (let i = 0; i < CHAT_MAX_MESSAGES + 5; i += 1) room.say('a', `${i}`);
  const { chat } = room.snapshotFor('a');
  expect(chat).toHaveLength(CHAT_MAX_MESSAGES);
  expect(chat.at(-1)).toMatchObject({ id: CHAT_MAX_MESSAGES + 5 });
});

test.each([
  ['two\nlines', true],
  ['  ', false],
  ['a\u0000b', false],
  ['x'.repeat(CHAT_MAX_LENGTH), true],
  ['x'.repeat(CHAT_MAX_LENGTH + 1), false],
])('%j is a message: %s', (text, expected) => {
  expect(chatTextSchema.safeParse(text).success).toBe(expected);
});
