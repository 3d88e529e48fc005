import { expect, test } from 'vitest';
import { TestTrack } from '#client/session/testing/tracks.ts';
import { followed } from './scene.ts';
import { tile } from './testing/tile.ts';

const seen = (connectionId: string, change = {}) =>
  tile(connectionId, { picture: new TestTrack('video').asTrack, ...change });
const me = seen('me', { isOwn: true });
const [ben, cleo] = [seen('ben'), seen('cleo')];
const screen = seen('ben', { kind: 'screen' });

test('what is pinned comes first, then a shared screen, then whoever has the floor', () => {
  expect(followed([me, ben, screen, cleo], 'cleo', 'ben')).toBe(cleo.picture);
  expect(followed([me, ben, screen, cleo], undefined, 'cleo')).toBe(screen.picture);
  expect(followed([me, ben, cleo], undefined, 'cleo')).toBe(cleo.picture);
});

test('whoever can be seen does for somebody who cannot, and oneself when nobody can', () => {
  expect(followed([me, tile('ben'), cleo], undefined, 'ben')).toBe(cleo.picture);
  expect(followed([me, tile('ben')], undefined, 'me')).toBe(me.picture);
  expect(followed([tile('ben')], undefined, undefined)).toBeUndefined();
});
