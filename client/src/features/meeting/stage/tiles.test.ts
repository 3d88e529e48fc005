import { expect, test } from 'vitest';
import type { DevicesSnapshot } from '#client/session/capture/input-state.ts';
import type { Received } from '#client/session/media/incoming.ts';
import { TestTrack } from '#client/session/testing/tracks.ts';
import type { Person } from '#protocol/people.ts';
import { soundsOf, tilesOf } from './tiles.ts';

const SILENT = { quality: new Map(), speakers: [], heldBack: [] };

const self = { connectionId: 'me', name: 'Ada', role: 'host' } as const;
const off: DevicesSnapshot = {
  camera: { status: 'off' },
  microphone: { status: 'off' },
  screen: { status: 'off' },
  replaced: undefined,
  canShareScreen: true,
  canChooseSpeaker: true,
  available: [],
  chosen: { camera: '', microphone: '', speaker: '' },
};
const picture = new TestTrack('video').asTrack;
const sound = new TestTrack('audio').asTrack;
const playing = (track: MediaStreamTrack): Received => ({ status: 'playing', track });
const ben = (producers: Person['producers']): Person => ({
  connectionId: 'ben',
  name: 'Ben',
  role: 'participant',
  connected: true,
  producers,
});
const camera = { producerId: 'cam', source: 'camera', paused: false } as const;
const microphone = { producerId: 'mic', source: 'microphone', paused: false } as const;
const screen = { producerId: 'screen', source: 'screen', paused: false } as const;

test('one’s own tile comes first, and one’s own screen beside it', () => {
  const devices: DevicesSnapshot = {
    ...off,
    camera: { status: 'on', track: picture },
    microphone: { status: 'muted', track: sound },
    screen: { status: 'on', picture, sound: undefined },
  };
  expect(tilesOf(self, devices, [ben([])], new Map(), SILENT, false)).toMatchObject([
    { key: 'me', kind: 'person', isOwn: true, picture, isMuted: true },
    { key: 'me/screen', kind: 'screen', isOwn: true, picture },
    { key: 'ben', kind: 'person', isOwn: false, picture: undefined, isMuted: true },
  ]);
});

test('a camera that is off shows no picture, though its last one is still there', () => {
  const media = new Map([['cam', playing(picture)]]);
  const [on] = tilesOf(undefined, off, [ben([camera, microphone])], media, SILENT, false);
  expect(on).toMatchObject({ picture, videoId: 'cam', isMuted: false, isOff: false });
  const [paused] = tilesOf(undefined, off, [ben([{ ...camera, paused: true }])], media, SILENT, false);
  expect(paused).toMatchObject({ picture: undefined, videoId: 'cam', cannotShow: false, isOff: true });
});

test('a picture that is held back is not shown standing still, and is not off', () => {
  const media = new Map([['cam', playing(picture)]]);
  const held = { ...SILENT, heldBack: ['cam'] };
  const [tile] = tilesOf(undefined, off, [ben([camera])], media, held, false);
  expect(tile).toMatchObject({ picture: undefined, isHeldBack: true, isOff: false, videoId: 'cam' });
});

test('a picture that is on its way is not off', () => {
  const [coming] = tilesOf(undefined, off, [ben([camera])], new Map(), SILENT, false);
  expect(coming).toMatchObject({ picture: undefined, isOff: false });
});

test('what cannot be decoded is said so, and only while it is sent', () => {
  const media = new Map<string, Received>([
    ['cam', { status: 'failed', error: { code: 'cannot-consume', message: '' } }],
  ]);
  expect(tilesOf(undefined, off, [ben([camera])], media, SILENT, false)[0]?.cannotShow).toBe(true);
  expect(
    tilesOf(undefined, off, [ben([{ ...camera, paused: true }])], media, SILENT, false)[0]?.cannotShow,
  ).toBe(false);
});

test('a shared screen is a tile of its own', () => {
  const tiles = tilesOf(
    undefined,
    off,
    [ben([screen])],
    new Map([['screen', playing(picture)]]),
    SILENT,
    false,
  );
  expect(tiles.map(({ key, kind }) => [key, kind])).toEqual([
    ['ben', 'person'],
    ['ben/screen', 'screen'],
  ]);
});

test('sounds are those of microphones and screens that are received', () => {
  const media = new Map<string, Received>([
    ['mic', playing(sound)],
    ['cam', playing(picture)],
    ['screen-sound', { status: 'opening' }],
  ]);
  const person = ben([
    camera,
    microphone,
    { producerId: 'screen-sound', source: 'screen-audio', paused: false },
  ]);
  expect(soundsOf([person], media)).toEqual([{ producerId: 'mic', track: sound }]);
});

test('who speaks, has a hand up, or a poor connection is shown so, and a screen is none of these', () => {
  const person = { ...ben([screen]), handRaisedAtMs: 5 };
  const room = { ...SILENT, quality: new Map([['ben', 'poor' as const]]), speakers: ['ben', 'me'] };
  const tiles = tilesOf(self, off, [person], new Map(), room, true);
  expect(tiles.map(({ hasHandUp, isPoor, isSpeaking }) => [isSpeaking, hasHandUp, isPoor])).toEqual([
    [true, true, false],
    [true, true, true],
    [false, false, false],
  ]);
});
