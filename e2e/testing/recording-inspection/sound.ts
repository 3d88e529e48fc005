import { amplitudeOf, TONES_HZ } from '../participant-media/tone.ts';
import { FFMPEG, output } from './programs.ts';

const SAMPLE_RATE = 48_000;
/** A window tells tones 40 Hz apart. */
export const WINDOW_MS = 100;
/** Everybody's tone swells between 0.15 and 0.45; what coding adds elsewhere stays far below the tenth of that. */
const PRESENT = 0.05;
const ABSENT = 0.012;

export interface Sound {
  fromMs: number;
  /** Amplitude of each person's tone. */
  tones: number[];
}

/** The file's sound, mixed to one channel, on the file's own timestamps: sample 0 is at 0 ms. */
export async function samplesOf(file: string): Promise<{ samples: Float32Array; sampleRate: number }> {
  const filter = 'aresample=async=1:first_pts=0';
  const args = ['-v', 'error', '-i', file, '-vn', '-af', filter, '-ac', '1', '-ar', `${SAMPLE_RATE}`];
  const raw = await output(FFMPEG, [...args, '-f', 'f32le', '-']);
  const samples = new Float32Array(raw.buffer.slice(raw.byteOffset, raw.byteOffset + (raw.length & ~3)));
  return { samples, sampleRate: SAMPLE_RATE };
}

/** Which tones the file carries, window by window. */
export async function listen(file: string): Promise<Sound[]> {
  const { samples } = await samplesOf(file);
  const size = (SAMPLE_RATE * WINDOW_MS) / 1000;
  return Array.from({ length: Math.floor(samples.length / size) }, (_, index) => {
    const window = samples.subarray(index * size, (index + 1) * size);
    return { fromMs: index * WINDOW_MS, tones: TONES_HZ.map((hz) => amplitudeOf(window, hz, SAMPLE_RATE)) };
  });
}

export interface Span {
  fromMs: number;
  toMs: number;
}

/** True in windows that lie within the span, a margin away from its ends. */
const within = (sound: Sound, { fromMs, toMs }: Span, marginMs: number): boolean =>
  sound.fromMs >= fromMs + marginMs && sound.fromMs + WINDOW_MS <= toMs - marginMs;

/** Windows in the span in which the owner's tone is not heard, in words. */
export function missingTone(sounds: readonly Sound[], owner: number, span: Span, marginMs = 300): string[] {
  return sounds.flatMap((sound) => {
    const tone = sound.tones[owner] ?? 0;
    return within(sound, span, marginMs) && tone < PRESENT ? [`at ${sound.fromMs} ms: ${tone}`] : [];
  });
}

/** Windows in the span in which the owner is heard although muted, in words. */
export function unwantedTone(sounds: readonly Sound[], owner: number, span: Span, marginMs = 300): string[] {
  return sounds.flatMap((sound) => {
    const tone = sound.tones[owner] ?? 0;
    return within(sound, span, marginMs) && tone > ABSENT ? [`at ${sound.fromMs} ms: ${tone}`] : [];
  });
}

/**
 * Windows in which the tone of somebody else is heard, in words. Where the owner's own tone begins or ends within a
 * window, its edge sounds at every pitch: so a stranger counts in two windows in a row.
 */
export function strangeTones(sounds: readonly Sound[], owner: number): string[] {
  const heard = ({ tones }: Sound, other: number) =>
    other !== owner && (tones[other] ?? 0) > Math.max(ABSENT, (tones[owner] ?? 0) / 8);
  return sounds.flatMap((sound, index) => {
    const next = sounds[index + 1];
    return sound.tones.flatMap((tone, other) =>
      heard(sound, other) && next && heard(next, other)
        ? [`at ${sound.fromMs} ms: tone of ${other}, ${tone}`]
        : [],
    );
  });
}
