import { readTime, TIME_HEIGHT, TIME_WIDTH, type TimeSighting } from '../participant-media/time-code.ts';
import { framesOf } from './frames.ts';

/** A picture of a camera that shows the time. */
export type TimedPicture = { atMs: number } & TimeSighting;

/** Every picture of the file with the time that it shows. @param nearMs epoch ms of some of them, within two hours */
export async function timedPictures(file: string, nearMs: number): Promise<TimedPicture[]> {
  const frames = await framesOf(file, TIME_WIDTH, TIME_HEIGHT);
  return frames.map(({ atMs, luma }) => ({ atMs, ...readTime(luma, nearMs) }));
}

/** When the pictures that show a time were captured, epoch ms, in the file's order. */
export function capturedTimes(pictures: readonly TimedPicture[]): number[] {
  return pictures.flatMap((picture) => (picture.kind === 'time' ? [picture.capturedAtMs] : []));
}

/** Pictures that show neither a time nor the slate, and times that go back or come twice, in words. */
export function corruptPictures(pictures: readonly TimedPicture[]): string[] {
  const unreadable = pictures.flatMap((picture) =>
    picture.kind === 'unreadable' ? [`at ${picture.atMs} ms: ${picture.why}`] : [],
  );
  const times = capturedTimes(pictures);
  const back = times.flatMap((ms, at) =>
    at > 0 && ms <= (times[at - 1] ?? 0) ? [`${ms} ms comes after ${times[at - 1]} ms`] : [],
  );
  return [...unreadable, ...back];
}
