import type { Locator } from 'playwright-core';
import { until } from './wait.ts';

/** Where a video is, and what tells why it does not play. */
export function stateOf(video: Locator) {
  return video.evaluate(
    ({ buffered, currentTime, ended, error, paused, readyState, seeking }: HTMLVideoElement) => ({
      ...{ currentTime, ended, paused, readyState, seeking, error: error?.message },
      buffered: Array.from({ length: buffered.length }, (_, at) => [buffered.start(at), buffered.end(at)]),
    }),
  );
}

/** @throws when it does not play beyond this place, in seconds, before long: the cause says how it stands */
export async function untilPlaysBeyond(video: Locator, placeS: number): Promise<void> {
  await until(
    `it plays beyond ${placeS} s`,
    async () => {
      const state = await stateOf(video);
      if (state.currentTime > placeS) return true;
      throw new Error(JSON.stringify(state));
    },
    30_000,
  );
}
