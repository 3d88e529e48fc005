import { execFileSync } from 'node:child_process';
import { basename } from 'node:path';
import { SAMPLE_RATE } from '#recorder/audio/audio-transcoder.ts';
import { OpusDecoder } from '#recorder/audio/opus-decoder.ts';
import { heardOf, logSpectralDistanceDb, lostOnes, opusOf } from '#recorder/audio/testing/lossy.ts';
import { noiseToMaskDb } from '#recorder/audio/testing/noise-to-mask.ts';
import { voice } from '#recorder/audio/testing/sounds.ts';
import { LibavOpusDecoder } from './libav-opus-decoder.ts';

/**
 * What is heard of speech of which packets are lost: `node bench/audio-loss.ts [speech.wav...]`, a made voice where no file is
 * named. Then what decoding costs, against libavcodec.
 */
const FFMPEG = process.env.FFMPEG_PATH ?? 'ffmpeg';
const PERCENTS = [3, 5, 10];
/** In a row, at most. */
const LONGEST = [1, 3];
const SEEDS = [1];
/** The best of so many rounds counts: what comes on top is the machine's other work. */
const ROUNDS = 20;

function samplesOf(file: string): Float32Array {
  const format = ['-f', 'f32le', '-ar', `${SAMPLE_RATE}`, '-ac', '1', '-'];
  const raw = execFileSync(FFMPEG, ['-v', 'error', '-i', file, ...format], { maxBuffer: 1 << 30 });
  return new Float32Array(Uint8Array.from(raw).buffer);
}

const files = process.argv.slice(2);
const speech = files.map((file) => ({ name: basename(file), said: samplesOf(file) }));
if (speech.length === 0) speech.push({ name: 'made voice', said: voice() });
const sources = await Promise.all(
  speech.map(async ({ name, said }) => {
    const packets = await opusOf(said);
    return { name, packets, whole: await heardOf(packets) };
  }),
);

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** One way through all sources and seeds: mean distance around what was lost, and mean noise to mask. */
async function measured(
  percent: number,
  longest: number,
  hear: (packets: readonly (Buffer | undefined)[]) => Promise<Float32Array>,
): Promise<string> {
  const [distances, masks]: [number[], number[]] = [[], []];
  for (const { packets, whole } of sources) {
    for (const seed of SEEDS) {
      const lost = lostOnes(packets.length, percent, seed, longest);
      const heard = await hear(packets.map((packet, index) => (lost[index] ? undefined : packet)));
      distances.push(logSpectralDistanceDb(whole, heard, lost));
      masks.push(noiseToMaskDb(whole, heard));
    }
  }
  return `${mean(distances).toFixed(1)} dB, ${mean(masks).toFixed(1)} dB`;
}

console.log(`${sources.map(({ name }) => name).join(', ')}: log-spectral distance, noise to mask\n`);
console.log('| lost | in a row, at most | a hole that is not told | silence in its place | made up for |');
console.log('|---|---|---|---|---|');
for (const longest of LONGEST) {
  for (const percent of PERCENTS) {
    const cells = [
      `${percent} %`,
      `${longest}`,
      await measured(percent, longest, (packets) => heardOf(packets, () => new LibavOpusDecoder(), false)),
      await measured(percent, longest, (packets) => heardOf(packets, () => new LibavOpusDecoder())),
      await measured(percent, longest, (packets) => heardOf(packets)),
    ];
    console.log(`| ${cells.join(' | ')} |`);
  }
}

function cpuMs(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { system, user } = process.cpuUsage(before);
  return (system + user) / 1000;
}

const packets = sources.flatMap((source) => source.packets);
using libav = new LibavOpusDecoder();
using libopus = await OpusDecoder.open(1);
const best = { libav: Number.POSITIVE_INFINITY, libopus: Number.POSITIVE_INFINITY };
for (let round = 0; round < ROUNDS; round += 1) {
  for (const [name, decoder] of [
    ['libav', libav],
    ['libopus', libopus],
  ] as const) {
    best[name] = Math.min(
      best[name],
      cpuMs(() => packets.forEach((packet) => void decoder.decode(packet))),
    );
  }
}
const ofCore = (ms: number) => `${((ms * 100) / (packets.length * 20)).toFixed(3)} %`;
console.log(
  `\ndecoding alone: libavcodec ${ofCore(best.libav)} of a core, libopus in WebAssembly ${ofCore(best.libopus)}: ` +
    `${(best.libopus / best.libav).toFixed(2)} times as much`,
);
