import { describe, expect, test } from 'vitest';
import type { OpusItem } from '../depacketize/opus.ts';
import { TAG_TYPE } from '../flv/flv-tag.ts';
import { GATHER_MS } from './gathering.ts';
import { KEYFRAME_INTERVAL_MS, MAX_CROWDED_MS, SLATE_REPEAT_MS } from './picture-track.ts';
import { EXPECTED_LATENESS_MS, HELD_UP_LATENESS_MS, IDLE_LATENESS_MS } from './sound-track.ts';
import { picture, START_MS, TakeOnTheBench } from './testing/take-on-the-bench.ts';

/** Times may differ by a tick and the grid that pictures lie on. */
function expectPictures(seen: [number, number | 'inter'][], expected: [number, number | 'inter'][]): void {
  expect(seen.map(([, what]) => what)).toEqual(expected.map(([, what]) => what));
  seen.forEach(([ms], index) => {
    expect(Math.abs(ms - (expected[index]?.[0] ?? 0))).toBeLessThanOrEqual(50);
  });
}

const SOUND: OpusItem = {
  timestamp: 0,
  durationTicks: 960,
  channels: 1,
  dtx: false,
  lostTicks: 0,
  payload: Buffer.alloc(40),
  arrivalMs: 0,
};

describe('Take', () => {
  test('[TAKE1] the file begins with the earliest of what came before the first keyframe', async () => {
    const bench = new TakeOnTheBench();
    bench.take.setLive('audio', true, START_MS);
    bench.take.setLive('video', true, START_MS);
    bench.take.pushAudio(SOUND, START_MS + 40);
    bench.take.pushVideo(picture(false), START_MS + 50);
    expect(bench.take.state).toBe('gathering');
    bench.take.pushVideo(picture(true), START_MS + 90);
    expect(bench.originMs).toBe(START_MS + 40);
    expect(bench.pushed).toEqual([0]);
    bench.take.pushVideo(picture(false), START_MS + 140);
    bench.pass(100, 1500);
    expectPictures(await bench.pictures(), [[50, 320]]);
  });

  test('[TAKE2] without a keyframe it begins after a second, with the slate; the keyframe follows when it comes', async () => {
    const bench = new TakeOnTheBench();
    bench.take.setLive('audio', true, START_MS);
    bench.take.setLive('video', true, START_MS);
    bench.take.arrived(START_MS);
    bench.take.pushAudio(SOUND, START_MS + 10);
    bench.pass(0, GATHER_MS - 50);
    expect(bench.take.state).toBe('gathering');
    bench.pass(GATHER_MS, GATHER_MS + 600);
    expect(bench.originMs).toBe(START_MS + 10);
    expect(bench.take.needsKeyframe).toBe(true);
    bench.take.pushVideo(picture(false), START_MS + 1650);
    bench.take.pushVideo(picture(true), START_MS + 1700);
    bench.take.pushVideo(picture(false), START_MS + 1750);
    bench.pass(1700, 3000);
    expectPictures(await bench.pictures(), [
      [0, 640],
      [1690, 320],
    ]);
  });

  test('[TAKE3] camera off shows the slate in the size of the picture, repeated; only a keyframe ends it', async () => {
    const bench = new TakeOnTheBench();
    bench.take.setLive('video', true, START_MS);
    bench.take.pushVideo(picture(true), START_MS);
    bench.take.pushVideo(picture(false), START_MS + 33);
    bench.pass(0, 950);
    bench.take.setLive('video', false, START_MS + 1000);
    bench.take.pushVideo(picture(false), START_MS + 990);
    bench.pass(1000, 1000 + SLATE_REPEAT_MS + IDLE_LATENESS_MS + 400);
    bench.take.setLive('video', true, START_MS + 7000);
    bench.take.pushVideo(picture(false), START_MS + 7010);
    expect(bench.take.needsKeyframe).toBe(true);
    bench.take.pushVideo(picture(true), START_MS + 7100);
    bench.pass(7100, 8000);
    expectPictures(await bench.pictures(), [
      [0, 320],
      [33, 'inter'],
      [1000, 320],
      [1000 + SLATE_REPEAT_MS, 320],
      [7100, 320],
    ]);
    expect(bench.take.describe(START_MS + 8000, START_MS - 500).cameraOff).toEqual([
      { fromMs: 1500, toMs: 7500 },
    ]);
  });

  test.each([
    [
      '5 s or more',
      6000,
      [
        [0, 320],
        [33, 'inter'],
        [5033, 320],
      ],
    ],
    [
      'less',
      4000,
      [
        [0, 320],
        [33, 'inter'],
      ],
    ],
  ] as const)('[TAKE10] a camera that stalled for %s before the end', async (_, endMs, expected) => {
    const bench = new TakeOnTheBench();
    bench.take.setLive('video', true, START_MS);
    bench.take.pushVideo(picture(true), START_MS);
    bench.take.pushVideo(picture(false), START_MS + 33);
    bench.pass(0, endMs);
    await bench.take.finish(START_MS + endMs);
    expectPictures(
      await bench.pictures(),
      expected.map(([ms, what]) => [ms, what]),
    );
  });

  test('[TAKE7] a keyframe is wanted when the last one is 10 s old', () => {
    const bench = new TakeOnTheBench();
    bench.take.setLive('video', true, START_MS);
    bench.take.pushVideo(picture(true), START_MS);
    for (let ms = 1000; ms < KEYFRAME_INTERVAL_MS; ms += 1000)
      bench.take.pushVideo(picture(false), START_MS + ms);
    expect(bench.take.needsKeyframe).toBe(false);
    bench.take.pushVideo(picture(false), START_MS + KEYFRAME_INTERVAL_MS);
    expect(bench.take.needsKeyframe).toBe(true);
    bench.take.pushVideo(picture(true), START_MS + KEYFRAME_INTERVAL_MS + 40);
    expect(bench.take.needsKeyframe).toBe(false);
  });

  test('a stream that was announced later than the other one was not muted before', () => {
    const bench = new TakeOnTheBench();
    bench.take.setLive('video', true, START_MS);
    bench.take.setLive('audio', true, START_MS + 8);
    bench.take.pushAudio(SOUND, START_MS - 12);
    bench.take.pushVideo(picture(true), START_MS + 20);
    bench.take.setLive('audio', false, START_MS + 500);
    const { cameraOff, muted } = bench.take.describe(START_MS + 900, START_MS);
    expect(cameraOff).toEqual([]);
    expect(muted).toEqual([{ fromMs: 500, toMs: 900 }]);
  });

  test('[TAKE20] what the system took is a gap with that cause, no mute, up to the next media or a mute', () => {
    const bench = new TakeOnTheBench();
    bench.take.setLive('audio', true, START_MS);
    bench.take.setLive('video', true, START_MS);
    bench.take.pushVideo(picture(true), START_MS);
    bench.take.pushAudio(SOUND, START_MS + 480);
    bench.take.setLive('audio', false, START_MS + 500, true);
    bench.take.setLive('video', false, START_MS + 600, true);
    // On its way since before; and what a sender may still say of silence.
    bench.take.pushAudio({ ...SOUND, dtx: true }, START_MS + 500);
    const gapsAt = (ms: number) => bench.take.describe(START_MS + ms, START_MS).gaps;
    expect(gapsAt(900)).toContainEqual({ kind: 'audio', fromMs: 500, toMs: 900, cause: 'system-muted' });
    bench.take.setLive('audio', true, START_MS + 2000);
    bench.take.pushAudio(SOUND, START_MS + 2020);
    bench.take.setLive('video', false, START_MS + 2500);
    const { cameraOff, gaps, muted } = bench.take.describe(START_MS + 3000, START_MS);
    expect(gaps.filter(({ cause }) => cause === 'system-muted')).toEqual([
      { kind: 'audio', fromMs: 500, toMs: 2020, cause: 'system-muted' },
      { kind: 'video', fromMs: 0, toMs: 2500, cause: 'system-muted' },
    ]);
    expect(muted).toEqual([]);
    expect(cameraOff).toEqual([{ fromMs: 2500, toMs: 3000 }]);
  });

  test('[TAKE4] both tracks go from the first tag to the last', async () => {
    const bench = new TakeOnTheBench();
    bench.take.setLive('audio', false, START_MS);
    bench.pass(0, 3000);
    expect(bench.take.state).toBe('writing');
    await bench.take.finish(START_MS + 4000);
    const tags = await bench.tags();
    const last = (type: number) => tags.filter((tag) => tag.type === type).at(-1)?.timestampMs ?? 0;
    expect(last(TAG_TYPE.audio)).toBeGreaterThan(2960);
    expect(last(TAG_TYPE.video)).toBeGreaterThan(2960);
    expect(bench.closed).toBe(true);
  });

  test('[TAKE5] tags lie in the file in the order of their time', async () => {
    const bench = new TakeOnTheBench();
    bench.take.setLive('audio', true, START_MS);
    bench.take.setLive('video', true, START_MS);
    for (let ms = 0; ms < 3000; ms += 10) {
      if (ms % 20 === 0) bench.take.pushAudio(SOUND, START_MS + ms);
      if (ms % 40 === 0) bench.take.pushVideo(picture(ms % 1000 === 0), START_MS + ms + (ms % 70) / 10);
      bench.take.tick(START_MS + ms + 60);
    }
    await bench.take.finish(START_MS + 3000);
    const times = (await bench.tags()).slice(1).map((tag) => tag.timestampMs);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(bench.take.durationMs).toBeGreaterThanOrEqual(3000);
    expect(bench.take.durationMs).toBeLessThan(3030);
  });

  test('[TAKE11] while the disk does not keep up pictures are left out, up to the next keyframe; sound goes on', async () => {
    const bench = new TakeOnTheBench();
    bench.take.setLive('audio', true, START_MS);
    bench.take.setLive('video', true, START_MS);
    const show = (ms: number, keyframe = false) => bench.take.pushVideo(picture(keyframe), START_MS + ms);
    for (let ms = 0; ms < 4000; ms += 20) bench.take.pushAudio(SOUND, START_MS + ms);
    show(0, true);
    show(40);
    bench.take.setCongested(true);
    for (let ms = 80; ms < 2000; ms += 40) show(ms, ms === 1000);
    expect(bench.take.needsKeyframe).toBe(false);
    bench.take.setCongested(false);
    expect(bench.take.needsKeyframe).toBe(true);
    show(2000);
    show(2040, true);
    show(2080);
    expect(bench.take.leftOut).toBe(48);
    const { gaps } = bench.take.describe(START_MS + 2080, START_MS);
    expect(gaps).toEqual([{ kind: 'video', cause: 'disk-slow', fromMs: 40, toMs: 2040 }]);
    await bench.take.finish(START_MS + 4000);
    expectPictures(await bench.pictures(), [
      [0, 320],
      [40, 'inter'],
      [2040, 320],
      [2080, 'inter'],
    ]);
  });

  test('[TAKE8] sound that comes when silence has taken its place already is a gap', () => {
    const bench = new TakeOnTheBench();
    bench.take.setLive('audio', true, START_MS);
    bench.take.setLive('video', true, START_MS);
    for (let ms = 0; ms < 500; ms += 20) bench.take.pushAudio(SOUND, START_MS + ms);
    // Pictures come all the while.
    for (let ms = 500; ms <= 3000; ms += 50) {
      bench.take.pushVideo(picture(true), START_MS + ms);
      bench.pass(ms, ms);
    }
    // All of it comes at once, repeated: what is older than the file waits for is too late.
    for (let ms = 500; ms < 3000; ms += 20) bench.take.pushAudio(SOUND, START_MS + ms);
    const { gaps } = bench.take.describe(START_MS + 3000, START_MS);
    expect(gaps).toEqual([{ kind: 'audio', cause: 'late', fromMs: 500, toMs: 3000 - EXPECTED_LATENESS_MS }]);
  });

  test('[TAKE15] while nothing comes at all the sound is waited for: a browser that was held up sends it later', () => {
    const bench = new TakeOnTheBench();
    bench.take.setLive('audio', true, START_MS);
    for (let ms = 0; ms < 500; ms += 20) bench.take.pushAudio(SOUND, START_MS + ms);
    bench.pass(500, HELD_UP_LATENESS_MS + 400);
    for (let ms = 500; ms < HELD_UP_LATENESS_MS; ms += 20) bench.take.pushAudio(SOUND, START_MS + ms);
    expect(bench.pushed.slice(0, 30)).toEqual(Array.from({ length: 30 }, (_, index) => index * 960));
    expect(bench.take.describe(START_MS + HELD_UP_LATENESS_MS, START_MS).gaps).toEqual([]);
    bench.pass(HELD_UP_LATENESS_MS, 3 * HELD_UP_LATENESS_MS);
    bench.take.pushAudio(SOUND, START_MS + HELD_UP_LATENESS_MS);
    bench.take.pushAudio(SOUND, START_MS + 3 * HELD_UP_LATENESS_MS);
    expect(bench.take.describe(START_MS + 3 * HELD_UP_LATENESS_MS, START_MS).gaps).toEqual([
      { kind: 'audio', cause: 'late', fromMs: HELD_UP_LATENESS_MS, toMs: 3 * HELD_UP_LATENESS_MS },
    ]);
  });

  test('[TAKE8] what has not begun is no stall: sound was starting, a picture waited for its keyframe', async () => {
    const bench = new TakeOnTheBench();
    bench.take.setLive('audio', true, START_MS - 80);
    bench.take.setLive('video', true, START_MS - 80);
    bench.take.pushVideo(picture(true), START_MS);
    for (let ms = 300; ms < 2000; ms += 20) bench.take.pushAudio(SOUND, START_MS + ms);
    bench.take.setLive('video', false, START_MS + 500);
    bench.take.setLive('video', true, START_MS + 600);
    bench.take.pushVideo(picture(true), START_MS + 1900);
    await bench.take.finish(START_MS + 2000);
    expect(bench.take.describe(START_MS + 2000, START_MS).gaps).toEqual([
      { kind: 'audio', cause: 'starting', fromMs: 0, toMs: 300 },
      { kind: 'video', cause: 'keyframe', fromMs: 600, toMs: 1900 },
    ]);
  });

  test('[TAKE8] no gap, mute or dark camera outlasts the take that has them', async () => {
    const bench = new TakeOnTheBench();
    bench.take.setLive('video', true, START_MS);
    bench.take.pushVideo(picture(true), START_MS);
    await bench.take.finish(START_MS + 4000);
    const later = bench.take.describe(START_MS + 60_000, START_MS);
    expect(later.gaps).toEqual([{ kind: 'video', cause: 'stalled', fromMs: 0, toMs: 4000 }]);
    expect(later.muted).toEqual([{ fromMs: 0, toMs: 4000 }]);
  });

  test('[TAKE14] more pictures than there are places for are left out: the file is no longer than the meeting', async () => {
    const bench = new TakeOnTheBench();
    bench.take.setLive('video', true, START_MS);
    for (let ms = 0; ms < 1000; ms += 1)
      for (let i = 0; i < 10; i += 1) bench.take.pushVideo(picture(true), START_MS + ms);
    await bench.take.finish(START_MS + 1000);
    expect(bench.take.durationMs).toBeLessThan(1000 + MAX_CROWDED_MS + 100);
    expect(bench.take.leftOut).toBeGreaterThan(5000);
  });

  test('[TAKE3] a camera that goes on and off without a picture repeats the slate no sooner', async () => {
    const bench = new TakeOnTheBench();
    bench.take.setLive('video', true, START_MS);
    bench.take.pushVideo(picture(true), START_MS);
    for (let ms = 100; ms < 1100; ms += 10) bench.take.setLive('video', ms % 20 !== 0, START_MS + ms);
    bench.pass(1100, 1600);
    expect(await bench.pictures()).toHaveLength(2);
  });

  test('[TAKE6] a take in which nothing ever came leaves no file', async () => {
    const bench = new TakeOnTheBench();
    expect(await bench.take.finish(START_MS + 100)).toBeUndefined();
    expect(bench.originMs).toBeUndefined();
    expect(bench.closed).toBe(true);
  });
});
