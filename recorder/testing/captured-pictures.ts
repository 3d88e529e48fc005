import type { PictureSize } from '../depacketize/vp8-frame-header.ts';
import { readFlvTags } from '../flv/flv-reader.ts';
import { TAG_TYPE } from '../flv/flv-tag.ts';
import { parseVideoData } from '../flv/video-data.ts';
import { PLAIN_LUMA } from '../slate/pictogram.ts';
import type { Captured } from './capture-rig.ts';
import { numberOf, PICTURE_SIZE } from './coded-camera.ts';
import { decodeLuma } from './decoded-file.ts';

export interface CapturedPicture {
  /** Epoch ms at which the file shows it. */
  atMs: number;
  /** The camera's number, the slate, or a picture that is neither: garbage. */
  content: number | 'slate' | 'garbage';
}

/** How a camera writes its numbers. */
export interface PictureCode {
  size: PictureSize;
  numberOf(luma: readonly number[]): number | undefined;
}

/** Every picture of a file, decoded, with its time. @throws Error when ffmpeg decodes more or fewer than there are tags */
export async function picturesOf(
  { file, originMs }: Pick<Captured, 'file' | 'originMs'>,
  code: PictureCode = { size: PICTURE_SIZE, numberOf },
): Promise<CapturedPicture[]> {
  const times: number[] = [];
  const source = {
    size: file.length,
    read: async (offset: number, length: number) => file.subarray(offset, offset + length),
  };
  for await (const tag of readFlvTags(source)) {
    if (tag.type !== TAG_TYPE.video) continue;
    if (parseVideoData(tag.data).type === 'avc-nalus') times.push(tag.timestampMs);
  }
  const decoded = decodeLuma(file, 'flv', code.size);
  if (decoded.length !== times.length)
    throw new Error(`${decoded.length} of ${times.length} pictures decode`);
  return decoded.map((luma, index) => ({
    atMs: originMs + (times[index] ?? 0),
    content: contentOf(luma, code),
  }));
}

function contentOf(luma: number[], { numberOf }: PictureCode): CapturedPicture['content'] {
  if (luma.every((value) => value === PLAIN_LUMA)) return 'slate';
  return numberOf(luma) ?? 'garbage';
}

/** The longest time that one picture stands still. */
export function longestFreezeMs(pictures: readonly CapturedPicture[]): number {
  return Math.max(...pictures.slice(1).map(({ atMs }, index) => atMs - (pictures[index]?.atMs ?? atMs)));
}
