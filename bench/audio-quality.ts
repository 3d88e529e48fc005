import { AAC_FRAME_SAMPLES, SAMPLE_RATE } from '../recorder/audio/audio-transcoder.ts';
import { AAC_SETTINGS, AacEncoder, type AacSettings } from '../recorder/audio/codecs.ts';
import { throughAac, throughOpus } from '../recorder/audio/fixtures/coded.ts';
import { bandwidthHz, noiseToMaskDb } from '../recorder/audio/fixtures/noise-to-mask.ts';
import { music, voice } from '../recorder/audio/fixtures/sounds.ts';

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
    `AAC, ${settings.coder}, ${settings.bitrateBps / 1000} kbit/s` +
    `${settings.noiseTools ? '' : ', without PNS and TNS'}${settings.cutoffHz ? `, to ${settings.cutoffHz / 1000} kHz` : ''}`,
  code: (samples) => throughAac(samples, settings),
  settings,
});

const ways: Way[] = [
  ...[24, 32, 40, 64].map(
    (kbps): Way => ({ name: `Opus, ${kbps} kbit/s`, code: (samples) => throughOpus(samples, kbps) }),
  ),
  ...[48, 64, 80, 96, 128].map((kbps) => aac({ ...AAC_SETTINGS, bitrateBps: kbps * 1000 })),
  aac({ ...AAC_SETTINGS, cutoffHz: undefined }),
  aac({ ...AAC_SETTINGS, noiseTools: true }),
  aac({ ...AAC_SETTINGS, coder: 'twoloop' }),
];

/** Percent of a core that each encoder takes for the voice in real time, all of them in turn. */
function encodingPercent(all: AacSettings[]): Map<AacSettings, number> {
  const blocks = Math.floor(sounds.voice.length / AAC_FRAME_SAMPLES);
  const best = new Map<AacSettings, number>();
  const encoders = all.map((settings) => ({ settings, encoder: new AacEncoder(1, settings) }));
  for (let round = 0; round < ROUNDS; round++) {
    for (const { settings, encoder } of encoders) {
      const fromMs = performance.now();
      for (let at = 0; at < blocks * AAC_FRAME_SAMPLES; at += AAC_FRAME_SAMPLES) {
        encoder.encode([sounds.voice.subarray(at, at + AAC_FRAME_SAMPLES)]);
      }
      const percent = (performance.now() - fromMs) / ((blocks * AAC_FRAME_SAMPLES * 10) / SAMPLE_RATE);
      best.set(settings, Math.min(percent, best.get(settings) ?? Number.POSITIVE_INFINITY));
    }
  }
  for (const { encoder } of encoders) encoder[Symbol.dispose]();
  return best;
}

const percent = encodingPercent(ways.flatMap(({ settings }) => settings ?? []));
console.log('| way | voice: noise to mask | music: noise to mask | bandwidth | encoder, of a core |');
console.log('|---|---|---|---|---|');
for (const { code, name, settings } of ways) {
  const coded = { voice: code(sounds.voice), music: code(sounds.music) };
  const cells = [
    name,
    `${noiseToMaskDb(sounds.voice, coded.voice).toFixed(1)} dB`,
    `${noiseToMaskDb(sounds.music, coded.music).toFixed(1)} dB`,
    `${bandwidthHz(sounds.music, coded.music) / 1000} kHz`,
    settings ? `${percent.get(settings)?.toFixed(2)} %` : '',
  ];
  console.log(`| ${cells.join(' | ')} |`);
}
