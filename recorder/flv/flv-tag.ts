import { ByteReader } from '../bytes/byte-reader.ts';
import { Malformed } from '../bytes/malformed.ts';

/** FLV 10.1 annex E.2: signature, version, what is inside, header size, PreviousTagSize0. */
export const FLV_HEADER = Buffer.from([
  0x46, 0x4c, 0x56, 0x01, 0x05, 0x00, 0x00, 0x00, 0x09, 0x00, 0x00, 0x00, 0x00,
]);
export const TAG_HEADER_BYTES = 11;
export const PREVIOUS_TAG_SIZE_BYTES = 4;
const MAX_DATA_BYTES = 0xffffff;

export const TAG_TYPE = { audio: 8, video: 9, script: 18 } as const;
export type TagType = (typeof TAG_TYPE)[keyof typeof TAG_TYPE];

/** The 11 bytes before a tag's data (E.4.1). */
export interface TagHeader {
  type: TagType;
  dataBytes: number;
  /** 32 bits: the low 24 first, the high 8 behind them. */
  timestampMs: number;
}

/** @throws RangeError for data of 16 MiB or more, which the format cannot hold */
export function encodeTagHeader(header: TagHeader): Buffer {
  if (header.dataBytes > MAX_DATA_BYTES) throw new RangeError(`an FLV tag of ${header.dataBytes} bytes`);
  const bytes = Buffer.allocUnsafe(TAG_HEADER_BYTES);
  writeTagHeader(bytes, header);
  return bytes;
}

function writeTagHeader(bytes: Buffer, { dataBytes, timestampMs, type }: TagHeader): void {
  bytes[0] = type;
  bytes.writeUIntBE(dataBytes, 1, 3);
  bytes.writeUIntBE(timestampMs % 0x1000000, 4, 3);
  bytes[7] = Math.floor(timestampMs / 0x1000000) % 0x100;
  bytes.writeUIntBE(0, 8, 3);
}

/** @throws Malformed for an unknown tag type, a filtered tag, or a stream id that is not 0 */
export function parseTagHeader(bytes: Buffer): TagHeader {
  const reader = new ByteReader(bytes);
  const type = reader.u8();
  if (type !== TAG_TYPE.audio && type !== TAG_TYPE.video && type !== TAG_TYPE.script) {
    throw new Malformed(`FLV tag of type ${type}`);
  }
  const dataBytes = reader.u24();
  const low = reader.u24();
  const timestampMs = reader.u8() * 0x1000000 + low;
  const streamId = reader.u24();
  if (streamId !== 0) throw new Malformed(`FLV stream id ${streamId}`);
  return { type, dataBytes, timestampMs };
}

/** A small tag in one piece, its data copied: a chunk of its own for each part costs more. */
export function encodeSmallTag(type: TagType, timestampMs: number, data: readonly Buffer[]): Buffer {
  const dataBytes = data.reduce((sum, chunk) => sum + chunk.length, 0);
  const bytes = Buffer.allocUnsafe(TAG_HEADER_BYTES + dataBytes + PREVIOUS_TAG_SIZE_BYTES);
  writeTagHeader(bytes, { type, dataBytes, timestampMs });
  let end = TAG_HEADER_BYTES;
  for (const chunk of data) end += chunk.copy(bytes, end);
  bytes.writeUInt32BE(end, end);
  return bytes;
}

/** A whole tag as chunks: header, data as given, PreviousTagSize. The data are not copied. */
export function encodeTag(type: TagType, timestampMs: number, data: readonly Buffer[]): Buffer[] {
  const dataBytes = data.reduce((sum, chunk) => sum + chunk.length, 0);
  const trailer = Buffer.alloc(PREVIOUS_TAG_SIZE_BYTES);
  trailer.writeUInt32BE(TAG_HEADER_BYTES + dataBytes);
  return [encodeTagHeader({ type, dataBytes, timestampMs }), ...data, trailer];
}
