import { describe, expect, test } from 'vitest';
import {
  compactUtc,
  connectionIdSchema,
  connectionOf,
  fileNameSchema,
  MEETING_NAME_MAX_LENGTH,
  makeRecordingId,
  meetingIdSchema,
  meetingNameSchema,
  PERSON_NAME_MAX_LENGTH,
  personKeySchema,
  personMarkSchema,
  personNameSchema,
  recordingIdSchema,
} from './identifiers.ts';
import { accepts, refuses } from './testing/bounds.ts';

const AT = '20260102T030405678Z';

describe.each([
  ['connection', connectionIdSchema],
  ['meeting', meetingIdSchema],
])('the id of a %s', (_, schema) => {
  test('has 1 to 64 letters that are safe in paths', () => {
    accepts(schema, 'a', 'a'.repeat(64), 'A-z_09');
    refuses(schema, '', 'a'.repeat(65), '..', 'a/b', 'a.b', 'a b', 'a\n', 'ä', 7);
  });
});

test('keys, marks, recordings and files have exactly their form', () => {
  accepts(personKeySchema, 'k'.repeat(32));
  refuses(personKeySchema, 'k'.repeat(31), 'k'.repeat(33), `${'k'.repeat(31)}=`);
  accepts(personMarkSchema, `key-${'m'.repeat(22)}`, `subject-${'m'.repeat(22)}`);
  refuses(personMarkSchema, `name-${'m'.repeat(22)}`, `key-${'m'.repeat(21)}`, 'm'.repeat(22));
  accepts(recordingIdSchema, `${AT}-a1b2c3d4`);
  refuses(recordingIdSchema, AT, `${AT}-a1b2c3d`, `${AT}-A1b2c3d4`, `${AT}-a1b2c3d4/..`, `../${AT}-a1b2c3d4`);
  accepts(fileNameSchema, `ada-${AT}.flv`, `${'a'.repeat(64)}-${AT}.flv`);
  refuses(
    fileNameSchema,
    `-${AT}.flv`.slice(1),
    `${'a'.repeat(65)}-${AT}.flv`,
    `a/b-${AT}.flv`,
    `ada-${AT}.mp4`,
  );
});

describe.each([
  ['person', personNameSchema, PERSON_NAME_MAX_LENGTH],
  ['meeting', meetingNameSchema, MEETING_NAME_MAX_LENGTH],
])('the name of a %s', (_, schema, max) => {
  test('is trimmed before it is measured, and holds no control characters', () => {
    expect(schema.parse(`  ${'n'.repeat(max)}\n`)).toBe('n'.repeat(max));
    accepts(schema, 'Zoë', '王小明', 'a 🎥 b');
    refuses(schema, '', '   ', 'n'.repeat(max + 1), 'a\nb', 'a\u0000b', 'a\u2028b', 'a\ud800b');
  });
});

test('a file name tells whose it is, also when the id has dashes', () => {
  expect(connectionOf(`a-da-${AT}.flv`)).toBe('a-da');
  expect(connectionOf('manifest.json')).toBeUndefined();
});

test('an id that is made is one, and sorts by time', () => {
  const entropy = Uint8Array.from([0, 35, 36, 71, 72, 255, 1, 2, 99]);
  const [early, late] = [makeRecordingId(0, entropy), makeRecordingId(1, entropy)];
  expect([early, late].map((id) => recordingIdSchema.safeParse(id).success)).toEqual([true, true]);
  expect(early < late).toBe(true);
  expect(compactUtc(1)).toBe('19700101T000000001Z');
});
