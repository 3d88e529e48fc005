import { Malformed } from '../bytes/malformed.ts';

/** 4096 × 2304: the most that H.264 level 5.1 allows. Decoders reserve memory by what a header says. */
export const MAX_PICTURE_MACROBLOCKS = 36_864;

/** A picture that is none of what is recorded, however whole it is: nothing of its stream is of use before another size. */
export class UnsupportedPicture extends Malformed {
  override name = 'UnsupportedPicture';
}

/** @throws UnsupportedPicture for one that is larger than may be */
export function checkArea(macroblocks: number): void {
  if (macroblocks > MAX_PICTURE_MACROBLOCKS) {
    throw new UnsupportedPicture(`a picture of ${macroblocks} macroblocks`);
  }
}
