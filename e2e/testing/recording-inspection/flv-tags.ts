import { readFile } from 'node:fs/promises';

/** One tag of an FLV file; read here by hand, so that the recorder's writer is not checked by its own reader. */
export interface FlvTag {
  type: 'audio' | 'video' | 'script';
  timestampMs: number;
  offset: number;
  /** Codec configuration (AVC or AAC sequence header), not media. */
  isHeader: boolean;
  isKeyframe: boolean;
}

const TYPES: Record<number, FlvTag['type']> = { 8: 'audio', 9: 'video', 18: 'script' };
const FILE_HEADER_BYTES = 9;
const TAG_HEADER_BYTES = 11;

/**
 * Every whole tag of a file (FLV specification 10.1, annex E.4); `rest` bytes belong to a tag that is still being written.
 * @throws Error when the bytes are no FLV
 */
export function readFlvTags(bytes: Buffer): { tags: FlvTag[]; rest: number } {
  if (bytes.toString('latin1', 0, 3) !== 'FLV') throw new Error('not an FLV file');
  const tags: FlvTag[] = [];
  let offset = FILE_HEADER_BYTES + 4;
  while (offset + TAG_HEADER_BYTES <= bytes.length) {
    const size = bytes.readUIntBE(offset + 1, 3);
    const end = offset + TAG_HEADER_BYTES + size + 4;
    if (end > bytes.length) break;
    const type = TYPES[bytes.readUInt8(offset)];
    if (!type) throw new Error(`tag type ${bytes.readUInt8(offset)} at ${offset}`);
    if (bytes.readUInt32BE(end - 4) !== TAG_HEADER_BYTES + size)
      throw new Error(`wrong back pointer at ${end - 4}`);
    const body = bytes.subarray(offset + TAG_HEADER_BYTES, end - 4);
    tags.push({
      type,
      // The eighth byte extends the timestamp to 32 bits (E.4.1).
      timestampMs: bytes.readUInt8(offset + 7) * 2 ** 24 + bytes.readUIntBE(offset + 4, 3),
      offset,
      isHeader: type !== 'script' && body.length >= 2 && body.readUInt8(1) === 0,
      isKeyframe: type === 'video' && body.length > 0 && body.readUInt8(0) >> 4 === 1,
    });
    offset = end;
  }
  return { tags, rest: bytes.length - offset };
}

export async function readFlvFile(file: string): Promise<{ tags: FlvTag[]; rest: number }> {
  return readFlvTags(await readFile(file));
}

/** How far a track may end, or start, from the file's own end: one sparse slate keyframe, or a video frame. */
const TRACK_REACH_MS = 1100;
/** A track that came late, on a machine that stalled, lies this far behind the other one at most ([TAKE5]). */
export const MAX_STEP_BACK_MS = 1500;

/** For how long a starved browser sent nothing: what a manifest tells of it. */
export function longestGapMs(gaps: readonly { fromMs: number; toMs: number }[]): number {
  return Math.max(0, ...gaps.map(({ fromMs, toMs }) => toMs - fromMs));
}

/**
 * What is wrong with the order and reach of the tags of a finished file, in words.
 * @param stallMs for how long the machine may have stood still
 */
export function tagFaults({ tags, rest }: { tags: readonly FlvTag[]; rest: number }, stallMs = 0): string[] {
  const faults: string[] = [];
  if (rest !== 0) faults.push(`${rest} bytes after the last tag`);
  if (tags[0]?.type !== 'script') faults.push('the first tag is not onMetaData');
  const media = tags.filter(({ type, isHeader }) => type !== 'script' && !isHeader);
  if (media[0]?.timestampMs !== 0) faults.push(`the first media tag is at ${media[0]?.timestampMs} ms`);
  const last = media.at(-1)?.timestampMs ?? 0;
  let before = 0;
  for (const { timestampMs, offset } of tags) {
    if (timestampMs < before - MAX_STEP_BACK_MS - stallMs)
      faults.push(`from ${before} ms back to ${timestampMs} ms at byte ${offset}`);
    before = timestampMs;
  }
  for (const type of ['audio', 'video'] as const) {
    const own = media.filter((tag) => tag.type === type);
    for (const [index, tag] of own.entries()) {
      if (tag.timestampMs < (own[index - 1]?.timestampMs ?? 0))
        faults.push(`${type} goes back to ${tag.timestampMs} ms at byte ${tag.offset}`);
    }
    const first = own[0]?.timestampMs;
    const end = own.at(-1)?.timestampMs;
    if (first === undefined || end === undefined) faults.push(`no ${type}`);
    else if (Math.max(first, last - end) > TRACK_REACH_MS + stallMs) {
      faults.push(`${type} reaches from ${first} to ${end} ms of ${last} ms`);
    }
  }
  const firstVideo = media.find(({ type }) => type === 'video');
  if (firstVideo && !firstVideo.isKeyframe) faults.push('the first picture is no keyframe');
  return faults;
}
