import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FramePlanner } from './frame-planner.ts';

/** Answers as the real encoder does: one block of look-ahead, frames named by the two blocks they are made of. */
function namingEncoder() {
  const fed: string[] = ['-'];
  return {
    count: 0,
    encode(channels: Float32Array[] | undefined) {
      this.count += 1;
      fed.push(channels ? `${channels[0]?.[0]}` : '_');
      return fed.length < 3 ? undefined : Buffer.from(`${fed.at(-3)}${fed.at(-2)}`);
    },
  };
}

function plan(sound: boolean[]) {
  const encoder = namingEncoder();
  const planner = new FramePlanner(encoder, Buffer.from('silence'));
  const frames = sound.flatMap((has, index) =>
    planner.push({ index, channels: has ? [Float32Array.of(index)] : undefined }),
  );
  frames.push(...planner.finish(sound.length));
  return { encoder, frames };
}

describe('[AUD5] FramePlanner', () => {
  test('frames with sound in either of their blocks are encoded from exactly these, all others are prepared', () => {
    const { frames } = plan([false, false, false, true, true, false, false, false, false, true]);
    const names = frames.map((frame) => frame.data.toString());
    expect(names).toEqual([
      'silence',
      'silence',
      '_3',
      '34',
      '4_',
      'silence',
      'silence',
      'silence',
      '_9',
      '9_',
    ]);
  });

  test('long silence costs no encoding', () => {
    const { encoder } = plan(Array<boolean>(1000).fill(false));
    expect(encoder.count).toBe(0);
  });

  test('there is a frame for every block, in order, made of the right blocks', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 40 }), (sound) => {
        const { frames } = plan(sound);
        expect(frames.map((frame) => frame.index)).toEqual(sound.map((_, index) => index));
        for (const { data, index } of frames) {
          const name = (at: number) => (sound[at] ? `${at}` : '_');
          const silent = !sound[index] && !sound[index + 1];
          expect(data.toString()).toBe(silent ? 'silence' : `${name(index)}${name(index + 1)}`);
        }
      }),
      { seed: 4, numRuns: 300 },
    );
  });
});
