import { throughFfmpeg, throughOpus, throughOurs } from '../recorder/audio/fixtures/coded.ts';
import { bandwidthHz, noiseToMaskDb } from '../recorder/audio/fixtures/noise-to-mask.ts';
import { music, voice } from '../recorder/audio/fixtures/sounds.ts';

/** What coders and bitrates do to a voice and to music: how recorder/audio/codecs.ts came by its own. */

const sounds = { voice: voice(), music: music() };
const ways: [string, (samples: Float32Array) => Float32Array][] = [
  ['ours, in process', throughOurs],
  ...[24, 32, 40, 64].map((kbps): [string, (samples: Float32Array) => Float32Array] => [
    `Opus, ${kbps} kbit/s`,
    (samples) => throughOpus(samples, kbps),
  ]),
  ...['fast', 'twoloop'].flatMap((coder) =>
    [48, 64, 80, 96, 128].map((kbps): [string, (samples: Float32Array) => Float32Array] => [
      `ffmpeg, ${coder}, ${kbps} kbit/s`,
      (samples) => throughFfmpeg(samples, ['-aac_coder', coder, '-b:a', `${kbps}k`]),
    ]),
  ),
];

console.log('| way | voice: noise to mask | music: noise to mask | bandwidth |');
console.log('|---|---|---|---|');
for (const [name, way] of ways) {
  const coded = { voice: way(sounds.voice), music: way(sounds.music) };
  const nmr = [noiseToMaskDb(sounds.voice, coded.voice), noiseToMaskDb(sounds.music, coded.music)];
  const bandwidth = bandwidthHz(sounds.music, coded.music) / 1000;
  console.log(`| ${name} | ${nmr.map((db) => `${db.toFixed(1)} dB`).join(' | ')} | ${bandwidth} kHz |`);
}
