import { expect, test } from 'vitest';
import { banner } from './banner.ts';

test('what anyone may do is named, and nothing where nobody may', () => {
  const facts = { adminPassword: undefined, selfSigned: false };
  const anyoneMay = ['make meetings (WHO_MAY_CREATE)', 'record them (WHO_MAY_RECORD)'];
  expect(banner(['http://192.0.2.1:3000'], { ...facts, anyoneMay })).toContain(
    'Anyone who reaches it may make meetings (WHO_MAY_CREATE) and record them (WHO_MAY_RECORD).',
  );
  expect(banner(['http://127.0.0.1:3000'], { ...facts, anyoneMay: [] })).not.toContain('Anyone');
});
