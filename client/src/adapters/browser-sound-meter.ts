import type { Clock } from '../session/ports/clock.ts';
import type { SoundMeter } from '../session/ports/sound.ts';

const PERIOD_MS = 80;
/** About 21 ms of sound. */
const SAMPLES = 1024;
/** After any of these the browser lets a page work with sound. */
const GESTURES = ['pointerdown', 'keydown'] as const;
/** Quieter than this is silence; speech close to a microphone reaches the other one. In decibels of full scale. */
const SILENCE_DB = -55;
const LOUD_DB = -15;
/** Levels that are told apart: fewer than the eye could see, so that a page is not drawn anew for nothing. */
const STEPS = 10;

/** Analysers of one audio context, which sleeps while nothing is measured. */
export function browserSoundMeter(clock: Clock): SoundMeter {
  let context: AudioContext | undefined;
  let watched = 0;

  const wake = (): void => {
    if (watched > 0) void context?.resume();
  };
  const open = (): AudioContext => {
    for (const gesture of GESTURES) document.addEventListener(gesture, wake);
    return new AudioContext();
  };

  return {
    watch(track, listener) {
      context ??= open();
      watched += 1;
      wake();
      const source = context.createMediaStreamSource(new MediaStream([track]));
      const analyser = new AnalyserNode(context, { fftSize: SAMPLES });
      source.connect(analyser);
      const samples = new Float32Array(SAMPLES);
      const end = clock.every(PERIOD_MS, () => {
        analyser.getFloatTimeDomainData(samples);
        listener(loudnessOf(samples));
      });
      return () => {
        end();
        source.disconnect();
        watched -= 1;
        if (watched === 0) void context?.suspend();
      };
    },
  };
}

/** How loud these samples (-1 to 1) are, in steps from 0 to 1: even to the ear, which hears in decibels. */
export function loudnessOf(samples: Float32Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  const db = 10 * Math.log10(sum / Math.max(1, samples.length));
  const level = (db - SILENCE_DB) / (LOUD_DB - SILENCE_DB);
  return Math.round(STEPS * Math.min(1, Math.max(0, level))) / STEPS;
}
