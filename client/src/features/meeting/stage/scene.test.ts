import { expect, test } from 'vitest';
import { compose, videosOf } from './scene.ts';
import { tile } from './testing/tile.ts';

const me = tile('me', { isOwn: true, videoId: undefined });
const [ben, cleo, dan] = [tile('ben'), tile('cleo'), tile('dan')];
const order = ['dan', 'ben', 'cleo'];

test('everybody is in the order of the stage, oneself first', () => {
  expect(compose([me, ben, cleo, dan], { order, pinned: undefined })).toEqual({
    large: [],
    isScreen: false,
    others: ['me', 'dan', 'ben', 'cleo'],
  });
});

test('a shared screen is large, and whoever shares it is beside it', () => {
  const screen = tile('ben', { kind: 'screen' });
  expect(compose([me, ben, screen, cleo], { order, pinned: undefined })).toEqual({
    large: ['ben/screen'],
    isScreen: true,
    others: ['me', 'ben', 'cleo'],
  });
});

test('what is pinned is large instead, and the screen comes before the people', () => {
  const screen = tile('ben', { kind: 'screen' });
  expect(compose([me, ben, screen, cleo], { order, pinned: 'cleo' })).toEqual({
    large: ['cleo'],
    isScreen: false,
    others: ['me', 'ben/screen', 'ben'],
  });
});

test('one’s own screen is not large, and a pin of somebody without a tile is none', () => {
  const own = tile('me', { kind: 'screen', isOwn: true });
  expect(compose([me, own, ben], { order, pinned: 'gone' })).toMatchObject({
    large: [],
    others: ['me', 'me/screen', 'ben'],
  });
});

test('only what has a place is asked for, in device pixels and in steps', () => {
  const places = new Map([
    ['me', { x: 0, y: 0, width: 300, height: 200 }],
    ['ben', { x: 0, y: 0, width: 300, height: 200 }],
  ]);
  expect(videosOf([me, ben, cleo], { places }, 2)).toEqual([
    { producerId: 'video-of-ben', width: 640, height: 448 },
  ]);
});
