import { Malformed } from '../bytes/malformed.ts';
import {
  FLV_HEADER,
  PREVIOUS_TAG_SIZE_BYTES,
  parseTagHeader,
  TAG_HEADER_BYTES,
  type TagHeader,
} from './flv-tag.ts';

/** A tag that came whole; its data are a view into what was pushed. */
export interface StreamedTag extends TagHeader {
  data: Buffer;
}

/** Reads FLV as it comes, in pieces of any length. Holds one unfinished tag at most: 16 MiB by its format. */
export class FlvStream {
  #pieces: Buffer[] = [];
  #bytes = 0;
  /** So many must be there before anything can be done. */
  #neededBytes = FLV_HEADER.length;
  #begun = false;

  /** @throws Malformed for anything but FLV; nothing can be read from then on */
  push(piece: Buffer): StreamedTag[] {
    this.#pieces.push(piece);
    this.#bytes += piece.length;
    const tags: StreamedTag[] = [];
    if (this.#bytes < this.#neededBytes) return tags;
    let rest: Buffer = Buffer.concat(this.#pieces);
    if (!this.#begun) rest = this.#begin(rest);
    for (let tag = this.#tag(rest); tag; tag = this.#tag(rest)) {
      tags.push(tag);
      rest = rest.subarray(TAG_HEADER_BYTES + tag.dataBytes + PREVIOUS_TAG_SIZE_BYTES);
    }
    this.#pieces = [rest];
    this.#bytes = rest.length;
    return tags;
  }

  #begin(bytes: Buffer): Buffer {
    if (!bytes.subarray(0, 3).equals(FLV_HEADER.subarray(0, 3))) throw new Malformed('not FLV');
    this.#begun = true;
    return bytes.subarray(FLV_HEADER.length);
  }

  /** The first tag; undefined while it is not whole. */
  #tag(bytes: Buffer): StreamedTag | undefined {
    this.#neededBytes = TAG_HEADER_BYTES;
    if (bytes.length < TAG_HEADER_BYTES) return undefined;
    const header = parseTagHeader(bytes.subarray(0, TAG_HEADER_BYTES));
    const end = TAG_HEADER_BYTES + header.dataBytes;
    this.#neededBytes = end + PREVIOUS_TAG_SIZE_BYTES;
    if (bytes.length < this.#neededBytes) return undefined;
    return { ...header, data: bytes.subarray(TAG_HEADER_BYTES, end) };
  }
}
