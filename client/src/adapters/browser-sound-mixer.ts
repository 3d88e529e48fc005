import type { SoundMixer } from '../session/ports/sound.ts';

/** So slowly that a change does not click. */
const FADE_S = 0.015;

/** One audio context for the page, which sleeps while nothing is mixed: an element stays with its first one for good. */
export function browserSoundMixer(): SoundMixer {
  const sources = new WeakMap<HTMLMediaElement, MediaElementAudioSourceNode>();
  let context: AudioContext | undefined;
  let open = 0;

  const resume = (): void => {
    if (open === 0 || context?.state === 'running') return;
    // Without a press before, this waits for one (Web Audio §1.2, autoplay).
    context?.resume().catch((cause: unknown) => console.warn('sound-not-resumed', cause));
  };

  return {
    add(element) {
      context ??= new AudioContext({ latencyHint: 'interactive' });
      const { destination } = context;
      const source = sources.get(element) ?? context.createMediaElementSource(element);
      sources.set(element, source);
      const gain = new GainNode(context);
      source.connect(gain).connect(destination);
      open += 1;
      resume();
      return {
        setGain: (value) => void gain.gain.setTargetAtTime(value, gain.context.currentTime, FADE_S),
        close() {
          source.disconnect();
          gain.disconnect();
          open -= 1;
          if (open === 0) void context?.suspend();
        },
      };
    },
    wake: resume,
  };
}
