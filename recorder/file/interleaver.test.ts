import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Interleaver, MAX_SKEW_MS } from './interleaver.ts';

describe('Interleaver', () => {
  test('an item waits until the other track has got as far', () => {
    const tags = new Interleaver<string>();
    tags.push('video', 33, 'v33');
    expect(tags.ready()).toEqual([]);
    tags.push('audio', 21, 'a21');
    expect(tags.ready().map((tag) => tag.item)).toEqual(['a21']);
    tags.progress('audio', 42);
    expect(tags.ready().map((tag) => tag.item)).toEqual(['v33']);
  });

  test('[TAKE5] a silent track holds the other one up by MAX_SKEW_MS at most', () => {
    const tags = new Interleaver<number>();
    tags.push('audio', 0, 0);
    for (let ms = 100; ms <= 1000; ms += 100) tags.push('video', ms, ms);
    expect(tags.ready().map((tag) => tag.item)).toEqual([0, 100, 200, 1000 - MAX_SKEW_MS]);
    expect(tags.flush()).toHaveLength(7);
  });

  test('[TAKE5] a track that is late at the beginning still comes first', () => {
    const tags = new Interleaver<string>();
    for (let ms = 4; ms <= 2000; ms += 4) tags.push('video', ms, 'video');
    expect(tags.ready()).toEqual([]);
    tags.push('audio', 0, 'audio');
    expect(tags.ready()[0]?.item).toBe('audio');
  });

  test('nothing is lost, and tracks that keep within the skew come out in order', () => {
    const steps = fc.array(
      fc.tuple(fc.constantFrom('audio' as const, 'video' as const), fc.integer({ min: 1, max: 50 })),
    );
    fc.assert(
      fc.property(steps, (list) => {
        const tags = new Interleaver<number>();
        const atMs = { audio: 0, video: 0 };
        const out: number[] = [];
        for (const [wanted, stepMs] of list) {
          const other = wanted === 'audio' ? 'video' : 'audio';
          const track = atMs[wanted] + stepMs - atMs[other] > MAX_SKEW_MS ? other : wanted;
          atMs[track] += stepMs;
          tags.push(track, atMs[track], atMs[track]);
          out.push(...tags.ready().map((tag) => tag.timestampMs));
        }
        out.push(...tags.flush().map((tag) => tag.timestampMs));
        expect(out).toHaveLength(list.length);
        expect(out).toEqual(out.toSorted((a, b) => a - b));
      }),
      { seed: 1, numRuns: 200 },
    );
  });
});
