import { expect, test } from 'vitest';
import type { AccessUnit } from '../depacketize/h264.ts';
import type { OpusItem } from '../depacketize/opus.ts';
import { GATHER_MS, Gathering } from './gathering.ts';

const START_MS = 1_790_000_000_000;
const both = { audio: true, video: true };
const sound = {} as OpusItem;
const picture = (keyframe: boolean) => ({ keyframe }) as AccessUnit;

test('[TAKE13] while nothing has come of media that are due there is no file, and none that pretends', () => {
  const gathering = new Gathering();
  expect(gathering.isOver(START_MS + 60_000, both)).toBe(false);
  gathering.arrived(START_MS + 60_000);
  gathering.arrived(START_MS + 60_500);
  expect(gathering.isOver(START_MS + 60_000 + GATHER_MS - 1, both)).toBe(false);
  expect(gathering.isOver(START_MS + 60_000 + GATHER_MS, both)).toBe(true);
  expect(gathering.isEmpty).toBe(true);
});

test('[TAKE13] who is muted, with the camera off, has a file all the same', () => {
  const gathering = new Gathering();
  const none = { audio: false, video: false };
  expect(gathering.isOver(START_MS, none)).toBe(false);
  expect(gathering.isOver(START_MS + GATHER_MS, none)).toBe(true);
});

test('sound alone does not wait for a picture that is not due', () => {
  const gathering = new Gathering();
  gathering.addSound(sound, START_MS);
  expect(gathering.isOver(START_MS, both)).toBe(false);
  expect(gathering.isOver(START_MS, { audio: true, video: false })).toBe(true);
});

test('pictures are of use from a keyframe on, and the file begins with the earliest of all', () => {
  const gathering = new Gathering();
  expect(gathering.firstMs).toBeUndefined();
  expect(gathering.addPicture(picture(false), START_MS)).toBe(false);
  expect(gathering.addPicture(picture(true), START_MS + 40)).toBe(true);
  expect(gathering.addPicture(picture(false), START_MS + 80)).toBe(true);
  expect(gathering.firstMs).toBe(START_MS + 40);
  gathering.addSound(sound, START_MS + 20);
  expect(gathering.firstMs).toBe(START_MS + 20);
  gathering.dropPictures();
  expect(gathering.pictures).toEqual([]);
  expect(gathering.firstMs).toBe(START_MS + 20);
});
