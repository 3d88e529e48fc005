import { describe, expect, test } from 'vitest';
import { heardOf, logSpectralDistanceDb, lostOnes, opusOf, withoutConcealment } from './testing/lossy.ts';
import { noiseToMaskDb } from './testing/noise-to-mask.ts';
import { levelDb, spoken, voice } from './testing/sounds.ts';

describe('[AUD16] what was lost', () => {
  test.each([3, 5, 10])('of a voice is made up for, with %i packets in a hundred lost', async (percent) => {
    const packets = await opusOf(voice());
    const lost = lostOnes(packets.length, percent, 7);
    const came = packets.map((packet, index) => (lost[index] ? undefined : packet));
    const whole = await heardOf(packets);
    const [silence, concealed] = [await heardOf(came, withoutConcealment), await heardOf(came)];
    const [silenceDb, concealedDb] = [silence, concealed].map((heard) =>
      logSpectralDistanceDb(whole, heard, lost),
    ) as [number, number];
    const maskDb = [silence, concealed].map((heard) => noiseToMaskDb(whole, heard).toFixed(1));
    console.log(
      `${percent} % loss: log-spectral distance ${silenceDb.toFixed(1)} dB with silence, ${concealedDb.toFixed(1)} dB concealed; ` +
        `noise to mask ${maskDb.join(' and ')} dB`,
    );
    expect(concealedDb).toBeLessThan(silenceDb / 2);
  });

  test('is as loud as what was said, where the packet behind it brings it', async () => {
    const packets = await opusOf(voice());
    const whole = await heardOf(packets);
    // In the middle of syllables.
    const lost = new Set([28, 51, 75, 97]);
    const heard = await heardOf(packets.map((packet, index) => (lost.has(index) ? undefined : packet)));
    for (const index of lost) {
      const ratioDb = levelDb(heard, index * 20, 20) - levelDb(whole, index * 20, 20);
      expect(Math.abs(ratioDb), `packet ${index}`).toBeLessThan(2);
    }
  });
});

test('[AUD18] after a pause in which nothing is sent, speech is as loud as without one', async () => {
  const [said, beganMs] = spoken();
  const plain = await opusOf(said, { lossPercent: 0 });
  const sparse = await opusOf(said, { lossPercent: 0, dtx: true });
  const sent = sparse.map((packet) => (packet.length > 2 ? packet : undefined));
  expect(sent.filter((packet) => !packet).length).toBeGreaterThan(100);
  const [without, after] = [await heardOf(plain), await heardOfPauses(sent)];
  const differencesDb = beganMs.map((ms) => levelDb(after, ms, 200) - levelDb(without, ms, 200));
  console.log(`first 200 ms after a pause, against no pause: ${differencesDb.map((db) => db.toFixed(2))} dB`);
  for (const differenceDb of differencesDb) expect(Math.abs(differenceDb)).toBeLessThan(0.5);
});

/** Nothing was lost: what is undefined was not sent. */
function heardOfPauses(packets: readonly (Buffer | undefined)[]): Promise<Float32Array> {
  return heardOf(packets, undefined, false);
}
