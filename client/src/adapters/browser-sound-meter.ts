import { loudnessOf } from '../session/capture/loudness.ts';
import type { Clock } from '../session/ports/clock.ts';
import type { SoundMeter } from '../session/ports/sound-meter.ts';

const PERIOD_MS = 80;
/** About 21 ms of sound. */
const SAMPLES = 1024;
/** After any of these the browser lets a page work with sound. */
const GESTURES = ['pointerdown', 'keydown'] as const;

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
