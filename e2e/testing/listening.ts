import type { Page } from 'playwright-core';
import { readPicture, SAMPLE_HEIGHT, SAMPLE_WIDTH, type Sighting } from './participant-media/owner-code.ts';
import { amplitudeOf, TONES_HZ } from './participant-media/tone.ts';

export interface SeenPicture {
  width: number;
  height: number;
  /** Frames decoded and shown so far. */
  frames: number;
  sighting: Sighting;
}

/** Every picture that plays in the page now, one's own among them, read by its code. */
export async function picturesIn(page: Page): Promise<SeenPicture[]> {
  const pictures = await page.evaluate(
    ([width, height]) => {
      const canvas = new OffscreenCanvas(width, height);
      const context = canvas.getContext('2d', { alpha: false, willReadFrequently: true });
      if (!context) throw new Error('no 2D canvas');
      context.imageSmoothingQuality = 'high';
      const playing = [...document.querySelectorAll('video')].filter(
        (video) => video.videoWidth > 0 && !video.paused && video.checkVisibility(),
      );
      return playing.map((video) => {
        context.drawImage(video, 0, 0, width, height);
        const rgba = context.getImageData(0, 0, width, height).data;
        const luma = Array.from({ length: width * height }, (_, at) =>
          Math.round(
            0.299 * (rgba[4 * at] ?? 0) + 0.587 * (rgba[4 * at + 1] ?? 0) + 0.114 * (rgba[4 * at + 2] ?? 0),
          ),
        );
        const frames = video.getVideoPlaybackQuality().totalVideoFrames;
        return { width: video.videoWidth, height: video.videoHeight, frames, luma };
      });
    },
    [SAMPLE_WIDTH, SAMPLE_HEIGHT] as const,
  );
  return pictures.map(({ luma, ...rest }) => ({ ...rest, sighting: readPicture(Uint8Array.from(luma)) }));
}

/** True once the page shows this person, moving: two looks differ in the frame counter. */
export async function sees(page: Page, owner: number): Promise<boolean> {
  const counters = async (): Promise<number[]> =>
    (await picturesIn(page)).flatMap(({ sighting }) =>
      sighting.kind === 'owner' && sighting.owner === owner ? [sighting.counter] : [],
    );
  const first = await counters();
  if (first.length === 0) return false;
  await page.evaluate(
    () =>
      new Promise<void>((resolve) => {
        const video = [...document.querySelectorAll('video')].find((one) => one.videoWidth > 0);
        if (video) video.requestVideoFrameCallback(() => resolve());
        else resolve();
      }),
  );
  const second = await counters();
  return second.some((counter) => !first.includes(counter));
}

/** How loud each person's tone is in what the page plays aloud now; index is the owner. */
export async function tonesIn(page: Page): Promise<number[]> {
  const { samples, sampleRate } = await page.evaluate(recordWhatPlays);
  const heard = Float32Array.from(samples);
  return TONES_HZ.map((hz) => amplitudeOf(heard, hz, sampleRate));
}

const HEARD = 0.03;

export async function hears(page: Page, owner: number): Promise<boolean> {
  return ((await tonesIn(page))[owner] ?? 0) > HEARD;
}

/** Runs in the page: the sum of a third of a second of all that plays aloud, so that a swell cannot be missed. */
async function recordWhatPlays(): Promise<{ samples: number[]; sampleRate: number }> {
  interface Listener extends Window {
    listening?: { context: AudioContext; analyser: AnalyserNode; heard: Set<string> };
  }
  const here = window as Listener;
  if (!here.listening) {
    const context = new AudioContext({ sampleRate: 48_000 });
    const analyser = new AnalyserNode(context, { fftSize: 16_384 });
    here.listening = { context, analyser, heard: new Set() };
  }
  const { context, analyser, heard } = here.listening;
  await context.resume();
  for (const element of document.querySelectorAll<HTMLMediaElement>('audio, video')) {
    if (element.muted || element.paused || element.volume === 0) continue;
    if (!(element.srcObject instanceof MediaStream)) continue;
    for (const track of element.srcObject.getAudioTracks()) {
      if (heard.has(track.id)) continue;
      heard.add(track.id);
      context.createMediaStreamSource(new MediaStream([track])).connect(analyser);
    }
  }
  const startS = context.currentTime;
  const full = analyser.fftSize / context.sampleRate;
  await new Promise<void>((resolve) => {
    const ask = (): void => {
      if (context.currentTime - startS > full) resolve();
      else setTimeout(ask, 20);
    };
    ask();
  });
  const samples = new Float32Array(analyser.fftSize);
  analyser.getFloatTimeDomainData(samples);
  return { samples: [...samples], sampleRate: context.sampleRate };
}
