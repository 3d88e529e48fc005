import { beforeEach, expect, test } from 'vitest';
import { ManualClock } from '#service/testing/manual-clock.ts';
import { MemoryVideo, memoryPlayer } from '../testing/memory-video.ts';
import { sampleTrack } from '../testing/sample-track.ts';
import { settled } from '../testing/settled.ts';
import { GroupPlayback } from './group-playback.ts';
import type { PlaybackTrack } from './tracks.ts';

const sourceOf = (...tracks: PlaybackTrack[]) => ({ tracks, speech: new Map() });

const track = (id: string, startMs: number, endMs: number) => sampleTrack(id, { startMs, endMs });
const ada = track('ada', 0, 600_000);
const ben = track('ben', 2000, 400_000);
const cem = track('cem', 60_000, 90_000);

let clock: ManualClock;
let videos: Map<string, MemoryVideo>;
let group: GroupPlayback;

beforeEach(async () => {
  clock = new ManualClock();
  // Nobody's sound card agrees with another one's.
  videos = new Map([
    ['ada', new MemoryVideo(clock, 1.004)],
    ['ben', new MemoryVideo(clock, 0.997)],
    ['cem', new MemoryVideo(clock)],
  ]);
  group = new GroupPlayback(sourceOf(ada, ben, cem), clock, memoryPlayer);
  for (const [id, video] of videos) group.attach(id, video.asElement);
  await pass(500);
});

async function pass(durationMs: number): Promise<void> {
  for (let passedMs = 0; passedMs < durationMs; passedMs += 50) {
    clock.advance(50);
    await settled();
  }
}

const video = (id: string) => videos.get(id) as MemoryVideo;
const now = () => ({ ...group.getSnapshot(), positionMs: group.position.getSnapshot() });
/** How far a file is from its place, in milliseconds. */
const error = ({ id, startMs }: PlaybackTrack) => video(id).currentTime * 1000 + startMs - now().positionMs;

test('everybody begins, plays and ends at their own place', async () => {
  expect(now()).toMatchObject({ status: 'paused', positionMs: 0, durationMs: 600_000 });
  group.play();
  await pass(1000);
  expect([video('ada').paused, video('ben').paused]).toEqual([false, true]);
  await pass(3000);
  expect([video('ada').paused, video('ben').paused]).toEqual([false, false]);
  expect(video('cem').url).toBeUndefined();
  group.seek(61_000);
  await pass(1000);
  expect([...videos.values()].map(({ paused }) => paused)).toEqual([false, false, false]);
  group.seek(100_000);
  await pass(1000);
  expect(video('cem').paused).toBe(true);
});

test('clocks that run apart are held within 50 ms, without jumps', async () => {
  group.play();
  await pass(4000);
  const jumps = () => [...videos.values()].flatMap(({ seeks }) => seeks).length;
  const before = jumps();
  for (let second = 0; second < 60; second += 1) {
    await pass(1000);
    expect(Math.abs(error(ada))).toBeLessThan(50 + 100);
    expect(Math.abs(error(ada) - error(ben))).toBeLessThan(50);
  }
  expect(jumps()).toBe(before);
});

test.each([0.5, 2])('at %d times the speed as well', async (rate) => {
  group.setRate(rate);
  group.seek(10_000);
  group.play();
  await pass(20_000);
  expect(Math.abs(error(ada) - error(ben))).toBeLessThan(50);
  expect(now().positionMs).toBeGreaterThan(10_000 + 19_000 * rate);
});

test('somebody who has run out of media holds everybody up', async () => {
  group.seek(10_000);
  group.play();
  await pass(2000);
  video('ben').readyState = 2;
  await pass(100);
  expect(now().status).toBe('waiting');
  const { positionMs } = now();
  await pass(3000);
  expect([video('ada').paused, now().positionMs]).toEqual([true, positionMs]);
  video('ben').readyState = 4;
  await pass(1000);
  expect(now().status).toBe('playing');
  expect(now().positionMs).toBeGreaterThan(positionMs + 500);
});

test('who fails holds nobody up', async () => {
  group = new GroupPlayback(sourceOf(ada, ben), clock, {
    async open(element, url, options) {
      if (url.includes('ben')) options.failed('broken');
      return memoryPlayer.open(element, url, options);
    },
  });
  for (const id of ['ada', 'ben']) group.attach(id, video(id).asElement);
  group.seek(10_000);
  group.play();
  await pass(2000);
  expect(now()).toMatchObject({ status: 'playing', failed: new Map([['ben', 'broken']]) });
});

test('one is heard alone, another one not at all', async () => {
  group.toggleMuted('ben/camera');
  expect([...videos.values()].map(({ muted }) => muted)).toEqual([false, true, false]);
  group.toggleSolo('cem/camera');
  expect([...videos.values()].map(({ muted }) => muted)).toEqual([true, true, false]);
  group.toggleSolo('cem/camera');
  group.toggleMuted('ben/camera');
  expect([...videos.values()].map(({ muted }) => muted)).toEqual([false, false, false]);
});

test('whoever is beyond nine pictures is heard only', async () => {
  const many = [...'abcdefghij'].map((id) => sampleTrack(id));
  videos = new Map(many.map(({ id }) => [id, new MemoryVideo(clock)]));
  group = new GroupPlayback(sourceOf(...many), clock, memoryPlayer);
  for (const [id, one] of videos) group.attach(id, one.asElement);
  await pass(100);
  expect(many.map(({ id }) => video(id).picture)).toEqual([...Array(9).fill(true), false]);
});

test('elements that take their time to begin are waited for, and begin together', async () => {
  video('ben').delayMs = 300;
  group.seek(10_000);
  group.play();
  await pass(250);
  expect(now().positionMs).toBe(10_000);
  await pass(750);
  expect(now().positionMs).toBeGreaterThan(10_100);
  await pass(1500);
  expect(Math.abs(error(ada) - error(ben))).toBeLessThan(50);
});

test('a file is not over before its element has begun, however long that takes', async () => {
  group.close();
  group = new GroupPlayback(sourceOf(track('ada', 0, 2000)), clock, memoryPlayer);
  group.attach('ada', video('ada').asElement);
  video('ada').delayMs = 4000;
  await pass(100);
  group.play();
  await pass(3900);
  expect(now()).toMatchObject({ status: 'waiting', positionMs: 0 });
  await pass(1000);
  expect(now().status).toBe('playing');
  expect(video('ada').currentTime).toBeGreaterThan(0.5);
  await pass(2000);
  expect(now().status).toBe('ended');
  expect(video('ada').currentTime).toBeGreaterThan(1.9);
});

test('whoever begins while the others play is with them at once, though their element takes a while', async () => {
  video('ben').delayMs = 150;
  group.play();
  await pass(2300);
  expect(Math.abs(error(ada) - error(ben))).toBeLessThan(60);
  await pass(700);
  expect(Math.abs(error(ada) - error(ben))).toBeLessThan(30);
});

test('whoever arrives just before their beginning is put there, not before it', async () => {
  group.close();
  const soon = track('ben', 150, 400_000);
  group = new GroupPlayback(sourceOf(ada, soon), clock, memoryPlayer);
  for (const id of ['ada', 'ben']) group.attach(id, video(id).asElement);
  await pass(100);
  video('ben').currentTime = 5;
  video('ben').readyState = 0;
  group.seek(0);
  group.play();
  await pass(50);
  // The others are on their way, and so close to the beginning of this one that it may begin.
  expect(now().status).toBe('playing');
  video('ben').readyState = 4;
  await pass(2000);
  expect(video('ben').seeks.every((seconds) => seconds >= 0)).toBe(true);
  expect(Math.abs(error(ada) - error(soon))).toBeLessThan(50);
});

test('one that does not arrive is not waited for longer than fifteen seconds', async () => {
  group.seek(10_000);
  video('ben').readyState = 1;
  group.play();
  await pass(14_000);
  expect(now()).toMatchObject({ status: 'waiting', positionMs: 10_000 });
  await pass(4000);
  expect(now().status).toBe('playing');
  expect(now().positionMs).toBeGreaterThan(11_000);
});

test('one that is over at once, where its file is not, is sent there again when something has come', async () => {
  group.seek(10_000);
  await pass(100);
  const ben = video('ben');
  const seeks = ben.seeks.length;
  ben.ended = true;
  group.play();
  await pass(2000);
  expect([now().status, ben.seeks.length]).toEqual(['waiting', seeks]);
  ben.bufferedS = [8, 40];
  await pass(2000);
  expect([now().status, ben.seeks.length, ben.paused]).toEqual(['playing', seeks + 1, false]);
});

test('one whose file ends before it should is not waited for, nor is one that is over again', async () => {
  group.seek(10_000);
  await pass(100);
  Object.assign(video('ben'), { ended: true, bufferedS: [0, 9] });
  group.play();
  await pass(1000);
  expect(now().status).toBe('playing');
  video('ben').bufferedS = [0, 600];
  await pass(1000);
  expect(video('ben').ended).toBe(false);
  video('ben').ended = true;
  await pass(1000);
  expect(now()).toMatchObject({ status: 'playing' });
});

test('nobody is heard while it is silent', () => {
  group.setVolume(0.5);
  group.toggleSilence();
  expect([...videos.values()].every(({ muted, volume }) => muted && volume === 0.5)).toBe(true);
  group.toggleSilence();
  expect([...videos.values()].some(({ muted }) => muted)).toBe(false);
});

test('at the end it stops, and begins anew when it is played again', async () => {
  group.seek(599_500);
  group.play();
  await pass(2000);
  expect(now()).toMatchObject({ status: 'ended', positionMs: 600_000 });
  group.play();
  await pass(1000);
  expect(now().status).toBe('playing');
  expect(now().positionMs).toBeLessThan(2000);
});

test('closed, nothing is left open', async () => {
  group.play();
  await pass(3000);
  group.close();
  expect([...videos.values()].map(({ url }) => url)).toEqual([undefined, undefined, undefined]);
  expect(clock.pending).toBe(0);
});

/** Ada alone, in a recording that is still being made. */
async function watchLive(endMs: number): Promise<MemoryVideo> {
  group = new GroupPlayback(sourceOf({ ...ada, endMs, isLive: true }), clock, memoryPlayer);
  const video = new MemoryVideo(clock);
  video.indexedMs = Math.max(0, endMs - 20_000);
  group.attach('ada', video.asElement);
  await pass(100);
  return video;
}

test('"live" is reached from the end of the index of the file, however long it has been growing', async () => {
  const hoursMs = 7_200_000;
  const video = await watchLive(hoursMs);
  group.goLive();
  await pass(500);
  expect(video.seeks).toEqual([hoursMs / 1000 - 20]);
  expect(now().status).toBe('waiting');
  video.bufferedS = [hoursMs / 1000 - 25, hoursMs / 1000];
  await pass(1500);
  expect(video.seeks.at(-1)).toBe(hoursMs / 1000 - 3);
  expect([video.openings, now().status]).toEqual([1, 'playing']);
});

test('a file that has grown for long since it was opened is opened anew for a place that it did not know', async () => {
  const video = await watchLive(15_000);
  video.bufferedS = [0, 15];
  group.setSource(sourceOf({ ...ada, endMs: 3_600_000, isLive: true }));
  video.indexedMs = 3_580_000;
  group.goLive();
  await pass(500);
  expect([video.openings, video.seeks.at(-1)]).toEqual([2, 3580]);
  // Where it came from is let go of by and by, but its index knows the way back.
  video.bufferedS = [3570, 3600];
  await pass(1000);
  group.seek(60_000);
  await pass(500);
  expect([video.openings, video.seeks.at(-1)]).toEqual([2, 60]);
});

test('a file that is opened when it is too young for an index is sought in once it has one', async () => {
  const video = await watchLive(15_000);
  video.indexedMs = 3_600_000;
  video.bufferedS = [3400, 3600];
  group.setSource(sourceOf({ ...ada, endMs: 3_600_000, isLive: false }));
  group.seek(60_000);
  await pass(500);
  expect([video.openings, video.seeks.at(-1)]).toEqual([2, 60]);
});
