import type { PictureSize } from '../depacketize/vp8-frame-header.ts';

export const IVF_HEADER_BYTES = 32;
export const IVF_FRAME_HEADER_BYTES = 12;

/** The beginning of an IVF file of VP8, all little-endian; timestamps behind it are milliseconds. */
export function encodeIvfHeader({ height, width }: PictureSize): Buffer {
  const header = Buffer.alloc(IVF_HEADER_BYTES);
  header.write('DKIF', 0, 'latin1');
  header.writeUInt16LE(0, 4); // version
  header.writeUInt16LE(IVF_HEADER_BYTES, 6);
  header.write('VP80', 8, 'latin1');
  header.writeUInt16LE(width, 12);
  header.writeUInt16LE(height, 14);
  header.writeUInt32LE(1000, 16); // ticks in a second
  header.writeUInt32LE(1, 20);
  // The number of pictures, at 24, is not known, and readers do not need it.
  return header;
}

/** What stands in front of each picture. */
export function encodeIvfFrameHeader(dataBytes: number, timestampMs: number): Buffer {
  const header = Buffer.alloc(IVF_FRAME_HEADER_BYTES);
  header.writeUInt32LE(dataBytes, 0);
  header.writeBigUInt64LE(BigInt(timestampMs), 4);
  return header;
}
