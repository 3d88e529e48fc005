import { expect, test } from 'vitest';
import { sampleTrack } from '../testing/sample-track.ts';
import { isSameScene, type Speech, sceneAt } from './scene.ts';
import type { PlaybackTrack } from './tracks.ts';

const plain = { followsSpeaker: false, pinned: undefined };
const silence: Speech = new Map();
const speaks = (id: string, fromMs: number, toMs: number): [string, { fromMs: number; toMs: number }[]] => [
  id,
  [{ fromMs, toMs }],
];

/** `a b* (c)`: b is large, c is heard only; `…d` is coming. */
function drawn(
  tracks: readonly PlaybackTrack[],
  speech: Speech,
  atMs: number,
  wishes = plain as object,
): string {
  const signs = {
    large: (id: string) => `${id}*`,
    tile: (id: string) => id,
    voice: (id: string) => `(${id})`,
    coming: (id: string) => `…${id}`,
  };
  return sceneAt(tracks, speech, atMs, { ...plain, ...wishes })
    .map(({ shown, track }) => signs[shown](track.id))
    .join(' ');
}

const ada = sampleTrack('ada', { startMs: 0, endMs: 60_000 });
const ben = sampleTrack('ben', { startMs: 10_000, endMs: 40_000 });
const screen = sampleTrack('screen', {
  connectionId: 'ben',
  source: 'screen',
  startMs: 20_000,
  endMs: 30_000,
});
const all = [screen, ben, ada];

test.each([
  [0, 'ada'],
  [4000, 'ada …ben'],
  [10_000, 'ada ben'],
  [20_000, 'ada ben screen*'],
  [30_000, 'ada ben'],
  [40_000, 'ada'],
  [60_000, ''],
])('people come and go, and a screen is large: at %d ms', (atMs, expected) => {
  expect(drawn(all, silence, atMs)).toBe(expected);
});

test('whoever speaks, or spoke last, is large when it is wished; a screen goes first', () => {
  const speech: Speech = new Map([speaks('ada', 0, 11_000), speaks('ben', 13_000, 14_000)]);
  const wishes = { followsSpeaker: true };
  expect(drawn(all, speech, 12_500, wishes)).toBe('ada* ben');
  expect(drawn(all, speech, 13_500, wishes)).toBe('ada ben*');
  expect(drawn(all, speech, 19_000, wishes)).toBe('ada ben* …screen');
  expect(drawn(all, speech, 25_000, wishes)).toBe('ada ben screen*');
});

test('what is pinned is large before all', () => {
  expect(drawn(all, silence, 25_000, { pinned: 'ada/camera' })).toBe('ada* ben screen');
});

test('beyond nine, screens and those who spoke last are seen, everybody in their place', () => {
  const many = [...'abcdefghijk'].map((id) => sampleTrack(id, { endMs: 1000 }));
  const shared = sampleTrack('s', { source: 'screen', endMs: 1000 });
  expect(drawn(many, silence, 0)).toBe('a b c d e f g h i (j) (k)');
  expect(drawn(many, new Map([speaks('k', 0, 10)]), 500)).toBe('a b c d e f g h (i) (j) k');
  expect(drawn([...many, shared], silence, 0)).toBe('a b c d e f g h (i) (j) (k) s*');
});

test('a scene is another one when somebody speaks, mutes themselves or switches the camera off', () => {
  const muted = sampleTrack('m', {
    muted: [{ fromMs: 10, toMs: 20 }],
    cameraOff: [{ fromMs: 30, toMs: 40 }],
  });
  const speech: Speech = new Map([speaks('m', 50, 60)]);
  const at = (atMs: number) => sceneAt([muted], speech, atMs, plain);
  expect(isSameScene(at(0), at(5))).toBe(true);
  expect(at(55)[0]?.isSpeaking).toBe(true);
  expect(at(65)[0]?.isSpeaking).toBe(false);
  for (const other of [15, 35, 55]) expect(isSameScene(at(0), at(other))).toBe(false);
});
