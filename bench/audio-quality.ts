import { AAC_SETTINGS, AacEncoder, type AacSettings } from '#recorder/audio/aac-encoder.ts';
import { AAC_FRAME_SAMPLES, SAMPLE_RATE } from '#recorder/audio/audio-transcoder.ts';
import { OpusDecoder } from '#recorder/audio/opus-decoder.ts';
import { SILENT_FRAMES } from '#recorder/audio/silent-frames.ts';
import { StreamTranscoder } from '#recorder/audio/stream-transcoder.ts';
import { throughAac, throughOpus } from '#recorder/audio/testing/coded.ts';
import { bandwidthHz, noiseToMaskDb } from '#recorder/audio/testing/noise-to-mask.ts';
import { music, voice } from '#recorder/audio/testing/sounds.ts';
import { makeMedia } from './media.ts';

/** What coders, bitrates and tools do to a voice and to music, and what they cost: how recorder/audio came by its own. */

const sounds = { voice: voice(), music: music() };
/** The best of so many rounds counts: what comes on top is the machine's other work. */
const ROUNDS = 12;

interface Way {
  name: string;
  code(samples: Float32Array): Float32Array;
  settings?: AacSettings;
}

const aac = (settings: AacSettings): Way => ({
  name:
    `AAC, ${settings.coder}, ${settings.quality === undefined ? `${settings.bitrateBps / 1000} kbit/s` : `quality ${settings.quality}`}` +
    `${settings.noiseTools ? '' : ', without PNS and TNS'}${settings.cutoffHz ? `, to ${settings.cutoffHz / 1000} kHz` : ''}`,
  code: (samples) => throughAac(samples, settings),
  settings,
});

const ways: Way[] = [
  ...[24, 32, 40, 64].map(
    (kbps): Way => ({ name: `Opus, ${kbps} kbit/s`, code: (samples) => throughOpus(samples, kbps) }),
  ),
  ...[64_000, 96_000].map((bitrateBps) => aac({ ...AAC_SETTINGS, quality: undefined, bitrateBps })),
  ...[60, 80, 100, 120, 140, 180].map((quality) => aac({ ...AAC_SETTINGS, quality })),
  aac({ ...AAC_SETTINGS, cutoffHz: undefined }),
  aac({ ...AAC_SETTINGS, noiseTools: true }),
  aac({ ...AAC_SETTINGS, coder: 'twoloop' }),
];

/** What the recorder encodes of somebody who speaks, and pauses in between: blocks of sound, and some of silence around them. */
async function spokenBlocks(): Promise<(Float32Array[] | undefined)[]> {
  const blocks: (Float32Array[] | undefined)[] = [];
  using decoder = await OpusDecoder.open(1);
  const encoder = {
    encode(channels: Float32Array[] | undefined) {
      blocks.push(channels);
      return silence;
    },
  };
  const silence = SILENT_FRAMES[1];
  const transcoder = new StreamTranscoder({
    ...{ channels: 1, decoder, encoder, silentFrame: silence, firstFrame: 0 },
  });
  for (const { atMs, payload } of makeMedia().audio) transcoder.push((atMs * SAMPLE_RATE) / 1000, payload);
  return blocks;
}

interface Cost {
  /** Of a core, in real time. */
  percent: number;
  /** While there is sound. */
  kbps: number;
}

/** What each encoder takes for somebody who speaks, all of them in turn. */
function costs(all: AacSettings[], blocks: (Float32Array[] | undefined)[]): Map<AacSettings, Cost> {
  const seconds = (blocks.length * AAC_FRAME_SAMPLES) / SAMPLE_RATE;
  const best = new Map<AacSettings, Cost>();
  const encoders = all.map((settings) => ({ settings, encoder: new AacEncoder(1, settings) }));
  for (let round = 0; round < ROUNDS; round++) {
    for (const { settings, encoder } of encoders) {
      const fromMs = performance.now();
      const bytes = blocks.reduce((sum, block) => sum + (encoder.encode(block)?.length ?? 0), 0);
      const percent = (performance.now() - fromMs) / (seconds * 10);
      const least = Math.min(percent, best.get(settings)?.percent ?? Number.POSITIVE_INFINITY);
      best.set(settings, { percent: least, kbps: (bytes * 8) / seconds / 1000 });
    }
  }
  for (const { encoder } of encoders) encoder[Symbol.dispose]();
  return best;
}

const cost = costs(
  ways.flatMap(({ settings }) => settings ?? []),
  await spokenBlocks(),
);
console.log(
  '| way | voice: noise to mask | music: noise to mask | bandwidth | speech takes | encoder, of a core |',
);
console.log('|---|---|---|---|---|---|');
for (const { code, name, settings } of ways) {
  const coded = { voice: code(sounds.voice), music: code(sounds.music) };
  const cells = [
    name,
    `${noiseToMaskDb(sounds.voice, coded.voice).toFixed(1)} dB`,
    `${noiseToMaskDb(sounds.music, coded.music).toFixed(1)} dB`,
    `${bandwidthHz(sounds.music, coded.music) / 1000} kHz`,
    settings ? `${cost.get(settings)?.kbps.toFixed(0)} kbit/s` : '',
    settings ? `${cost.get(settings)?.percent.toFixed(2)} %` : '',
  ];
  console.log(`| ${cells.join(' | ')} |`);
}
