import type { Page } from 'playwright-core';
import { quantile } from './quantile.ts';

export interface Togetherness {
  /** How far the first is from the last at an instant, in milliseconds of the recording. */
  p50Ms: number;
  p95Ms: number;
  maxMs: number;
  looks: number;
  /** How far apart people's pictures are presented, each by the middle of its frames. */
  picturesMs: number;
}

/**
 * Looks, with every frame of the page for a while, at where everybody who plays is on the recording's common clock, by
 * the element's time and by the times at which the browser presents pictures.
 * @param people who play at least; until then nothing counts
 */
export async function watchTogether(page: Page, people: number, durationMs: number): Promise<Togetherness> {
  const { pictures, spreads } = await page.evaluate(lookWhilePlaying, { people, durationMs });
  if (spreads.length === 0) throw new Error(`Never do ${people} play at once.`);
  const middles = pictures.filter((offsets) => offsets.length > 0).map((offsets) => quantile(offsets, 0.5));
  return {
    p50Ms: quantile(spreads, 0.5),
    p95Ms: quantile(spreads, 0.95),
    maxMs: Math.max(...spreads),
    looks: spreads.length,
    picturesMs: Math.max(...middles) - Math.min(...middles),
  };
}

/** Runs in the page. */
async function lookWhilePlaying({ people, durationMs }: { people: number; durationMs: number }) {
  const startOf = (video: HTMLVideoElement) =>
    Number(video.closest<HTMLElement>('[data-start-ms]')?.dataset.startMs);
  const players = () =>
    [...document.querySelectorAll('video')].filter((video) => !video.paused && video.checkVisibility());
  const videos = players();
  const offsets = videos.map(() => [] as number[]);
  const begunMs = performance.now();
  const isOver = () => performance.now() - begunMs > durationMs;
  videos.forEach((video, at) => {
    const take: VideoFrameRequestCallback = (_now, { expectedDisplayTime, mediaTime }) => {
      offsets[at]?.push(startOf(video) + mediaTime * 1000 - expectedDisplayTime * video.playbackRate);
      if (!isOver()) video.requestVideoFrameCallback(take);
    };
    video.requestVideoFrameCallback(take);
  });
  const spreads: number[] = [];
  while (!isOver()) {
    await new Promise((resolve) => requestAnimationFrame(resolve));
    const positions = players().map((video) => startOf(video) + video.currentTime * 1000);
    if (positions.length >= people) spreads.push(Math.max(...positions) - Math.min(...positions));
  }
  return { spreads, pictures: offsets };
}
