import { describe, expect, test } from 'vitest';
import { encodeOpusPacket } from '../depacketize/opus-frames.ts';
import { FRAME_SAMPLES, SILENT_PACKETS } from '../flv/audio-data.ts';
import type { SoundFrame } from './audio-transcoder.ts';
import { KeptSound } from './kept-sound.ts';
import { OpusDecoder } from './opus-decoder.ts';
import { OPUS_LOOKAHEAD_SAMPLES } from './pcm-line.ts';
import { opusOf } from './testing/lossy.ts';
import { levelDb, spoken } from './testing/sounds.ts';

const PACKET = FRAME_SAMPLES.opus;

class Line {
  readonly frames: SoundFrame[] = [];
  leftOut = 0;
  readonly sound = new KeptSound({
    channels: 1,
    onFrames: (frames) => this.frames.push(...frames),
    leaveOut: () => {
      this.leftOut += 1;
    },
  });

  /** @param at where its sound was captured, in packets */
  push(at: number, payload: Buffer, lost = 0): void {
    const lostSamples = lost * PACKET;
    this.sound.push({ positionSamples: at * PACKET + OPUS_LOOKAHEAD_SAMPLES, payload, lostSamples });
  }

  /** Packet by packet: what it holds, `-` for silence. */
  get told(): string {
    return this.frames
      .map(({ data }) => (data.equals(SILENT_PACKETS[1]) ? '-' : String.fromCharCode(data[1] ?? 0)))
      .join('');
  }
}

/** Of one frame of this letter, in this configuration: 0x78 is hybrid of 20 ms, 0x70 of 10 ms, 0x18 SILK of 60. */
const said = (letter: string, configuration = 0x78) =>
  Buffer.concat([Buffer.of(configuration), Buffer.from(letter.repeat(3))]);

describe('[KEEP1] packets lie one behind another, 20 ms each, from the file’s beginning', () => {
  test('where they were captured, with encoded silence wherever nothing was sent', () => {
    const line = new Line();
    line.push(2, said('a'));
    line.push(3, said('b'));
    line.sound.advance(6 * PACKET + OPUS_LOOKAHEAD_SAMPLES);
    line.push(8, said('c'));
    void line.sound.finish(10 * PACKET);
    expect(line.told).toBe('--ab----c-');
    expect(line.frames.map(({ index }) => index)).toEqual([...Array(10).keys()]);
  });

  test('what comes too late for its place is left out, and counted', () => {
    const line = new Line();
    line.sound.advance(5 * PACKET + OPUS_LOOKAHEAD_SAMPLES);
    line.push(2, said('a'));
    line.push(5, said('b'));
    expect(line.told).toBe('-----b');
    expect(line.leftOut).toBe(1);
  });

  test('a position of a minute ahead, or none, is not believed, nor a broken packet', () => {
    const line = new Line();
    line.push(0, said('a'));
    line.push(3100, said('b'));
    line.push(Number.NaN, said('c'));
    line.push(1, Buffer.from('f9aabbcc', 'hex'));
    line.push(1, said('d'));
    expect(line.told).toBe('ad');
    expect(line.leftOut).toBe(3);
  });

  test('longer packets are parted, shorter ones joined; a SILK frame of 60 ms takes three places', () => {
    const line = new Line();
    line.push(0, encodeOpusPacket(0x78, ['aa', 'bb', 'cc'].map(Buffer.from)));
    for (const half of [0, 0.5]) line.push(3 + half, said('d', 0x70));
    line.push(4, said('e', 0x18));
    line.push(7, said('f'));
    // The joined one has two frames of 10 ms, and the first letter behind its count and length.
    expect(line.frames.map(({ index }) => index)).toEqual([0, 1, 2, 3, 4, 7]);
    expect(line.frames[3]?.data).toEqual(encodeOpusPacket(0x70, ['ddd', 'ddd'].map(Buffer.from)));
  });

  test('a half that nothing joins stands alone', () => {
    const line = new Line();
    line.push(0, said('a', 0x70));
    line.push(1, said('b'));
    expect(line.told).toBe('ab');
  });

  test('frames without sound inside of a packet are silence', () => {
    const line = new Line();
    line.push(0, encodeOpusPacket(0x78, ['aa', '', 'cc'].map(Buffer.from)));
    expect(line.told).toBe('a-c');
  });
});

describe('[KEEP2] a sender’s clock', () => {
  test.each([500, -500])(
    'of %i ppm leaves every packet within 12 ms of its place, and one goes in forty seconds',
    (ppm) => {
      const line = new Line();
      const packets = 50 * 120;
      const rate = 1 + ppm / 1e6;
      let [mostSamples, found] = [0, 0];
      for (let index = 0; index < packets; index += 1) {
        const at = index * rate;
        line.push(at, said('a'));
        const last = line.frames.at(-1);
        if (!last || line.frames.length === found) continue;
        found = line.frames.length;
        mostSamples = Math.max(mostSamples, Math.abs(last.index - at) * PACKET);
      }
      expect(mostSamples).toBeLessThan(PACKET * 0.61);
      const changed = ppm > 0 ? line.frames.length - packets : line.leftOut;
      expect(line.told).toBe('a'.repeat(line.frames.length));
      // At 24 s, at 64, and at 104.
      expect(changed).toBe(3);
    },
  );

  test('sound that silence has overtaken by more than half a packet begins with its next one, in its place', () => {
    const line = new Line();
    line.sound.advance(5 * PACKET + OPUS_LOOKAHEAD_SAMPLES);
    [...'abcd'].forEach((letter, index) => {
      line.push(4.1 + index, said(letter));
    });
    expect(line.told).toBe('-----bcd');
  });

  test('jitter of the positions moves nothing', () => {
    const line = new Line();
    for (let index = 0; index < 500; index += 1) line.push(index + 0.4 * Math.sin(index), said('a'));
    expect(line.told).toBe('a'.repeat(500));
  });
});

test('[KEEP5] of packets of 10 ms, too, what was lost is silence, and nothing is heard twice in its place', () => {
  const line = new Line();
  const lost = ['d', 'g', 'j'];
  let before = 'a';
  for (const [index, letter] of [...'abcdefghijkl'].entries()) {
    if (!lost.includes(letter)) line.push(index / 2, said(letter, 0x70), lost.includes(before) ? 0.5 : 0);
    before = letter;
  }
  const letters = ({ data }: SoundFrame) => data.toString('latin1').replace(/[^a-l]/g, '') || '-';
  expect(line.frames.map(letters)).toEqual(['aaabbb', 'ccc', 'eeefff', 'hhhiii', '-', 'kkklll']);
});

test('[KEEP1] whatever holes there are between frames of 2.5 ms, each packet lies within 10 ms of its place', () => {
  const line = new Line();
  // CELT of 2.5 ms, every other one not sent, and nobody says that it was lost.
  for (let index = 0; index < 400; index += 2) line.push(index / 8, said('a', 0xe0));
  void line.sound.finish(50 * PACKET);
  for (const { data, index } of line.frames) {
    const isSilent = data.equals(SILENT_PACKETS[1]);
    expect(isSilent ? 0 : data.length).toBeLessThanOrEqual(said('a').length);
    expect(index).toBeLessThanOrEqual(50);
  }
});

test('[KEEP2] a SILK frame of 60 ms is not heard twice: silence takes its place as the clock drifts', () => {
  const line = new Line();
  for (let index = 0; index < 20; index += 1) line.push(index * 3.1, said('a', 0x18));
  const places = line.frames.map(
    ({ data, index }) => [index, data.equals(SILENT_PACKETS[1]) ? 1 : 3] as const,
  );
  places.forEach(([index, lasts], at) => {
    const [next] = places[at + 1] ?? [index + lasts];
    expect(next).toBe(index + lasts);
  });
  expect(line.told).toContain('-');
});

test('[KEEP3] what was said is heard in its place, as loud as it was, from the first packet after a pause on', async () => {
  const [said, beganMs] = spoken();
  const whole = await decoded(await opusOf(said, { lossPercent: 0 }));
  const sent = await opusOf(said, { lossPercent: 0, dtx: true });
  const line = new Line();
  sent.forEach((packet, index) => {
    if (packet.length > 2) line.push(index, packet);
  });
  await line.sound.finish(sent.length * PACKET);
  expect(line.frames).toHaveLength(sent.length);
  expect(line.frames.filter(({ data }) => data.equals(SILENT_PACKETS[1])).length).toBeGreaterThan(100);
  const heard = await decoded(line.frames.map(({ data }) => data));
  for (const ms of beganMs) {
    for (const forMs of [20, 100, 400])
      expect(Math.abs(levelDb(heard, ms, forMs) - levelDb(whole, ms, forMs))).toBeLessThan(0.1);
  }
  expect(levelDb(heard, beganMs[1] ?? 0, 20) - levelDb(heard, 2000, 500)).toBeGreaterThan(30);
});

test('[KEEP3] encoded silence is silent, of one channel and of two', async () => {
  for (const channels of [1, 2] as const) {
    using decoder = await OpusDecoder.open(channels);
    const heard = decoder.decode(SILENT_PACKETS[channels]);
    expect(heard?.map(({ length }) => length)).toEqual(Array(channels).fill(PACKET));
    expect(heard?.every((samples) => samples.every((sample) => Math.abs(sample) < 2 ** -24))).toBe(true);
  }
});

async function decoded(packets: readonly Buffer[]): Promise<Float32Array> {
  using decoder = await OpusDecoder.open(1);
  return Float32Array.from(packets.flatMap((packet) => [...(decoder.decode(packet)?.[0] ?? [])]));
}
