import { describe, expect, test } from 'vitest';
import { BEGINNING_MS, GapLog, MAX_GAPS } from './gap-log.ts';

describe('[TAKE8] time without media that nobody chose is a gap', () => {
  test('longer than the threshold, from where media ended to where they go on', () => {
    const log = new GapLog(100, 'starting');
    log.expect(0);
    log.media(50, 70);
    log.media(170, 190);
    log.media(400, 420);
    expect(log.until(430)).toEqual([{ fromMs: 190, toMs: 400, cause: 'stalled' }]);
  });

  test('media that never began, and a gap that is still open', () => {
    const log = new GapLog(100, 'starting');
    log.expect(1000);
    expect(log.until(1100)).toEqual([]);
    expect(log.until(1500)).toEqual([{ fromMs: 1000, toMs: 1500, cause: 'starting' }]);
  });

  test.each(['starting', 'keyframe'] as const)(
    "a beginning (%s) is nobody's stall, up to 5 s",
    (beginning) => {
      const causes = (log: GapLog, nowMs: number) => log.until(nowMs).map(({ cause }) => cause);
      const log = new GapLog(100, beginning);
      log.expect(0);
      log.media(BEGINNING_MS);
      log.media(BEGINNING_MS + 200);
      expect(causes(log, BEGINNING_MS + 200)).toEqual([beginning, 'stalled']);
      // Switched off and on: it begins again.
      log.rest(6000);
      log.expect(7000);
      expect(causes(log, 7500).at(-1)).toBe(beginning);
      expect(causes(log, 7001 + BEGINNING_MS).at(-1)).toBe('stalled');
      log.blame('lost');
      expect(causes(log, 7500).at(-1)).toBe('lost');
    },
  );

  test('while none are due there is none', () => {
    const log = new GapLog(100, 'starting');
    log.media(0, 20);
    log.rest(50);
    expect(log.until(9000)).toEqual([]);
    log.media(9000);
    expect(log.until(9000)).toEqual([]);
  });

  test('the cause is that of the gap it was given in', () => {
    const log = new GapLog(100, 'starting');
    log.media(0);
    log.blame('lost');
    log.media(500);
    log.media(1000);
    expect(log.until(1000).map(({ cause }) => cause)).toEqual(['lost', 'stalled']);
  });

  test('[TAKE20] what the system took stays its cause, whatever is late when it is back', () => {
    const log = new GapLog(100, 'starting');
    log.expect(0);
    log.media(0, 20);
    log.interrupt('system-muted', 20);
    log.blame('late');
    log.media(500);
    log.blame('late');
    log.media(800);
    expect(log.until(800).map(({ cause }) => cause)).toEqual(['system-muted', 'late']);
  });

  test('media that are known to be missing are a gap however short, from the first of them to the next that come', () => {
    const log = new GapLog(1000, 'keyframe');
    log.interrupt('transcoder-lost', 0);
    log.media(0);
    log.media(30);
    log.interrupt('transcoder-lost', 60);
    log.interrupt('transcoder-lost', 90);
    // What was on its way already.
    log.media(50);
    log.media(120);
    log.media(150);
    log.interrupt('transcoder-slow', 200);
    log.media(2000);
    log.interrupt('transcodes-full', 2030);
    log.rest(2500);
    log.interrupt('transcodes-full', 2600);
    expect(log.until(9000)).toEqual([
      { fromMs: 60, toMs: 120, cause: 'transcoder-lost' },
      { fromMs: 150, toMs: 2000, cause: 'transcoder-slow' },
      { fromMs: 2030, toMs: 2500, cause: 'transcodes-full' },
    ]);
  });

  test('the list is bounded', () => {
    const log = new GapLog(1, 'starting');
    for (let i = 0; i <= 2 * MAX_GAPS; i += 1) log.media(i * 10);
    expect(log.until(0)).toHaveLength(MAX_GAPS);
    expect(log.until(0).at(-1)?.toMs).toBe(20 * MAX_GAPS);
  });
});
