import { Malformed } from '../bytes/malformed.ts';
import {
  FLV_HEADER,
  PREVIOUS_TAG_SIZE_BYTES,
  parseTagHeader,
  TAG_HEADER_BYTES,
  type TagHeader,
} from './flv-tag.ts';

/** Random access to a file. `read` answers fewer bytes only at its end. */
export interface FlvSource {
  size: number;
  read(offset: number, length: number): Promise<Buffer>;
}

/** A whole tag: all of its bytes, and a PreviousTagSize that agrees with them. */
export interface FlvTag extends TagHeader {
  /** Of the tag's first byte. */
  offset: number;
  /** Of the byte behind PreviousTagSize. */
  end: number;
  data: Buffer;
}

/**
 * The whole tags of a file in order, up to the first that is cut off or broken: one tag in memory at a time.
 * @throws Malformed when the file does not begin as an FLV file
 */
export async function* readFlvTags(source: FlvSource): AsyncGenerator<FlvTag> {
  const header = await source.read(0, FLV_HEADER.length);
  if (header.length < FLV_HEADER.length || !header.subarray(0, 3).equals(FLV_HEADER.subarray(0, 3))) {
    throw new Malformed('not an FLV file');
  }
  let offset = FLV_HEADER.length;
  for (;;) {
    const tag = await readTag(source, offset);
    if (!tag) return;
    yield tag;
    offset = tag.end;
  }
}

/** Undefined when there is no whole tag at this place. */
async function readTag(source: FlvSource, offset: number): Promise<FlvTag | undefined> {
  if (offset + TAG_HEADER_BYTES + PREVIOUS_TAG_SIZE_BYTES > source.size) return undefined;
  const head = await source.read(offset, TAG_HEADER_BYTES);
  if (head.length < TAG_HEADER_BYTES) return undefined;
  let header: TagHeader;
  try {
    header = parseTagHeader(head);
  } catch (cause) {
    if (cause instanceof Malformed) return undefined;
    throw cause;
  }
  const wholeBytes = header.dataBytes + PREVIOUS_TAG_SIZE_BYTES;
  const end = offset + TAG_HEADER_BYTES + wholeBytes;
  if (end > source.size) return undefined;
  const body = await source.read(offset + TAG_HEADER_BYTES, wholeBytes);
  if (body.length < wholeBytes) return undefined;
  if (body.readUInt32BE(header.dataBytes) !== TAG_HEADER_BYTES + header.dataBytes) return undefined;
  return { ...header, offset, end, data: body.subarray(0, header.dataBytes) };
}
