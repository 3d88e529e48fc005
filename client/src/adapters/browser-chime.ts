import type { Chime } from '../session/ports/sound.ts';

const LOW_HZ = 523.25;
const HIGH_HZ = 783.99;
const TONE_S = 0.16;
/** Heard, and no more: it comes while people speak. */
const GAIN = 0.06;

/** Two soft tones, rising at the start and falling at the stop. Without sound output nothing is heard. */
export const browserChime: Chime = {
  recordingStarted: () => play([LOW_HZ, HIGH_HZ]),
  recordingStopped: () => play([HIGH_HZ, LOW_HZ]),
};

function play(tones: readonly number[]): void {
  const context = new AudioContext();
  const gain = new GainNode(context, { gain: 0 });
  gain.connect(context.destination);
  const beginS = context.currentTime;
  tones.forEach((frequency, index) => {
    const [fromS, toS] = [beginS + index * TONE_S, beginS + (index + 1) * TONE_S];
    const tone = new OscillatorNode(context, { frequency });
    tone.connect(gain);
    // Faded, so that it does not click.
    gain.gain.setTargetAtTime(GAIN, fromS, TONE_S / 12);
    gain.gain.setTargetAtTime(0, toS - TONE_S / 3, TONE_S / 12);
    tone.start(fromS);
    tone.stop(toS);
    if (index === tones.length - 1) tone.addEventListener('ended', () => void context.close());
  });
}
