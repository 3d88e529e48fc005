import { RecentMap } from '#service/recent-map.ts';
import { makeCameraOffSlate, type Slate } from './camera-off.ts';

/** Slates that are kept, two of a size, at most 44 kB each: people share a few, and whoever changes theirs gets no more. */
export const MAX_SLATES = 32;

const slates = new RecentMap<string, Slate>(MAX_SLATES);

/** A slate is made once. Two in a row differ in their idr_pic_id. @throws RangeError as makeCameraOffSlate */
export function slateOf(size: { width: number; height: number }, odd: boolean): Slate {
  const key = `${size.width}x${size.height} ${odd ? 1 : 0}`;
  const slate = slates.get(key) ?? makeCameraOffSlate(size, odd ? 1 : 0);
  // What is asked for again is kept longest.
  slates.set(key, slate);
  return slate;
}

/** How many are kept now. */
export function slatesKept(): number {
  return slates.size;
}
