import { expect, test } from 'vitest';
import { accepts, refuses } from '../testing/bounds.ts';
import { createExportBodySchema } from './exports.ts';
import { createMeetingBodySchema, joinMeetingBodySchema } from './meetings.ts';
import { changePasswordBodySchema, signInBodySchema } from './session.ts';
import { createShareBodySchema, MAX_SHARE_HOURS } from './shares.ts';
import { retentionSchema } from './storage.ts';

const file = 'ada-20260102T030405678Z.flv';

test('a new password has a length, one that is given need only be one', () => {
  accepts(changePasswordBodySchema, { current: 'x', next: 'x'.repeat(8) });
  refuses(
    changePasswordBodySchema,
    { current: 'x', next: 'x'.repeat(7) },
    { current: '', next: 'x'.repeat(8) },
    { current: 'x', next: 'x'.repeat(1025) },
  );
  accepts(signInBodySchema, { password: 'x' }, { password: 'x'.repeat(1024) });
  refuses(signInBodySchema, {}, { password: '' }, { password: 'x'.repeat(1025) });
});

test('a link lasts for a while, and offers downloads unless it is told not to', () => {
  expect(createShareBodySchema.parse({ expiresInHours: 0.5 })).toEqual({
    expiresInHours: 0.5,
    download: true,
  });
  accepts(createShareBodySchema, { expiresInHours: MAX_SHARE_HOURS, file, label: 'x'.repeat(120) });
  for (const changes of [
    ...[{ expiresInHours: 0 }, { expiresInHours: MAX_SHARE_HOURS + 1 }, { file: '../manifest.json' }],
    ...[{ label: 'x'.repeat(121) }, { password: 'short' }],
  ])
    refuses(createShareBodySchema, { expiresInHours: 1, ...changes });
});

test('an export is of a file or of everybody', () => {
  accepts(createExportBodySchema, { kind: 'mp4', file }, { kind: 'audio', file }, { kind: 'group-mp4' });
  refuses(createExportBodySchema, { kind: 'mp4' }, { kind: 'audio', file: 'x' }, { kind: 'gif', file });
});

test('the rules of deletion are whole numbers, or none', () => {
  const rules = (days: unknown, maxBytes: unknown = null) => ({ days, maxBytes });
  accepts(retentionSchema, rules(null), rules(1, 1), rules(36_500, Number.MAX_SAFE_INTEGER));
  refuses(retentionSchema, rules(0), rules(36_501), rules(1.5), rules(1, 0), rules(1, -1), rules('1'), {});
});

test('a meeting and a person have names', () => {
  accepts(createMeetingBodySchema, { name: 'Weekly' }, { name: 'Weekly', key: 'k'.repeat(256) });
  refuses(createMeetingBodySchema, {}, { name: ' ' }, { name: 'Weekly', key: 'k'.repeat(257) });
  accepts(joinMeetingBodySchema, { name: 'Ada' }, { name: 'Ada', hostKey: 'k'.repeat(128) });
  refuses(joinMeetingBodySchema, { name: '' }, { name: 'Ada', hostKey: 'k'.repeat(129) });
});
