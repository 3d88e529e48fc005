import { expect, test } from 'vitest';
import { throughAac, throughOpus } from './testing/coded.ts';
import { bandwidthHz, noiseToMaskDb } from './testing/noise-to-mask.ts';
import { music, voice } from './testing/sounds.ts';

/** What Chromium sends of a voice by default. */
const OPUS_KBPS = 32;

test.each([
  ['a voice', voice()],
  ['music', music()],
])(
  '[AUD11] transcoding adds less audible noise to %s than Opus brought, and keeps it to 14 kHz',
  (name, said) => {
    const sent = throughOpus(said, OPUS_KBPS);
    const written = throughAac(sent);
    const [opusDb, aacDb] = [noiseToMaskDb(said, sent), noiseToMaskDb(sent, written)];
    console.log(
      `noise to mask of ${name}: Opus ${opusDb.toFixed(1)} dB, our transcoding ${aacDb.toFixed(1)} dB`,
    );
    expect(aacDb).toBeLessThan(opusDb - 5);
    expect(bandwidthHz(sent, written)).toBeGreaterThanOrEqual(14_000);
  },
);

test('the measure tells noise that is covered from noise that is not', () => {
  const tone = Float32Array.from(
    { length: 48_000 },
    (_, i) => 0.5 * Math.sin((2 * Math.PI * 1000 * i) / 48_000),
  );
  const withTone = (hz: number) =>
    tone.map((sample, i) => sample + 0.005 * Math.sin((2 * Math.PI * hz * i) / 48_000));
  expect(noiseToMaskDb(tone, tone)).toBe(Number.NEGATIVE_INFINITY);
  // 40 dB below a tone right beside it, and in another part of what is heard.
  expect(noiseToMaskDb(tone, withTone(1050))).toBeLessThan(noiseToMaskDb(tone, withTone(6000)) - 15);
});
