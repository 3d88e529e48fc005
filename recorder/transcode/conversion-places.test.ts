import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ManualClock } from '#service/testing/manual-clock.ts';
import { parseVp8FrameHeader } from '../depacketize/vp8-frame-header.ts';
import { KEYFRAME_EVERY } from '../testing/vp8-camera.ts';
import { IDLE_PLACE_MS } from './stream-transcoder.ts';
import { FRAME_MS, openPool, openStream as openStreamOf, push, small } from './testing/pool-bench.ts';
import type { TranscodePool } from './transcode-pool.ts';

let clock: ManualClock;
let pool: TranscodePool;

beforeEach(() => {
  clock = new ManualClock();
  pool = openPool(clock);
});

afterEach(() => pool.close());

const openStream = () => openStreamOf(pool);
const idle = () => vi.waitUntil(() => pool.stats().pending === 0, { interval: 5 });
const onlyPid = () => pool.pids[0] ?? Number.NaN;
describe('[CONV4] places', () => {
  test('who finds none waits, is told, and gets the next one that is free, in order', async () => {
    const [first, second, third] = [openStream(), openStream(), openStream()];
    for (const { transcoder } of [first, second, third]) push(transcoder, 0);
    expect(pool.stats()).toMatchObject({ running: 1, waiting: 2 });
    expect([first, second, third].map(({ transcoder }) => transcoder.problem)).toEqual([
      undefined,
      'transcodes-full',
      'transcodes-full',
    ]);
    expect(second.interruptions).toEqual([['transcodes-full', 0]]);
    expect(second.transcoder.needsKeyframe).toBe(false);
    await first.transcoder.rest();
    expect(first.units).toHaveLength(1);
    expect(second.transcoder).toMatchObject({ problem: undefined, needsKeyframe: true });
    expect(third.transcoder.problem).toBe('transcodes-full');
    push(second.transcoder, KEYFRAME_EVERY);
    await idle();
    expect(second.units).toMatchObject([{ captureMs: KEYFRAME_EVERY * FRAME_MS }]);
    third.transcoder.close();
    second.transcoder.close();
    expect(pool.stats()).toMatchObject({ running: 0, waiting: 0 });
    push(first.transcoder, 2 * KEYFRAME_EVERY);
    expect(first.transcoder.problem).toBeUndefined();
  });

  test('are taken with a keyframe: pictures that refer to others take none', () => {
    const { transcoder } = openStream();
    push(transcoder, 1);
    expect(pool.stats()).toMatchObject({ running: 0, waiting: 0 });
    expect(transcoder.needsKeyframe).toBe(true);
    push(transcoder, KEYFRAME_EVERY);
    expect(pool.stats()).toMatchObject({ running: 1, waiting: 0 });
  });

  test('go on from who has fallen silent to who waits, and are kept while nobody does', async () => {
    const [first, second] = [openStream(), openStream()];
    push(first.transcoder, 0);
    await idle();
    clock.advance(2 * IDLE_PLACE_MS);
    expect(pool.stats()).toMatchObject({ running: 1, waiting: 0 });
    push(second.transcoder, 0);
    clock.advance(1000);
    expect(second.transcoder.problem).toBeUndefined();
    push(first.transcoder, 1);
    expect(pool.stats()).toMatchObject({ running: 1, waiting: 0 });
    push(first.transcoder, KEYFRAME_EVERY);
    expect(first.transcoder.problem).toBe('transcodes-full');
  });

  test('go on from pictures of which nothing comes out to who waits', async () => {
    const [junk, honest] = [openStream(), openStream()];
    // Its header says that there is more than there is: no decoder makes a picture of it.
    const whole = Buffer.from(small.frames[0] ?? []);
    const data = whole.subarray(0, 12);
    const pushJunk = () =>
      junk.transcoder.push({ ...parseVp8FrameHeader(whole), data, timestamp: 0, arrivalMs: 0 }, 0);
    pushJunk();
    push(honest.transcoder, 0);
    expect(honest.transcoder.problem).toBe('transcodes-full');
    for (let death = 1; death <= 3; death += 1) {
      const pid = onlyPid();
      // However long it takes a busy machine to see it: who sends is not silent, and keeps the place until the third death.
      await vi.waitUntil(
        () => {
          pushJunk();
          clock.advance(250);
          return !pool.pids.includes(pid);
        },
        { interval: 5 },
      );
      clock.advance(1000);
      if (death < 3) pushJunk();
    }
    expect(honest.transcoder.problem).toBeUndefined();
    push(honest.transcoder, KEYFRAME_EVERY);
    await vi.waitUntil(() => honest.units.length === 1);
  });

  test('with none at all nothing is converted', () => {
    pool.close();
    pool = openPool(clock, { max: 0 });
    const { transcoder } = openStream();
    push(transcoder, 0);
    expect(transcoder.problem).toBe('transcodes-full');
    expect(pool.pids).toEqual([]);
  });
});
