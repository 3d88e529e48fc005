import { ByteReader } from '../bytes/byte-reader.ts';

/** What the VP8 payload descriptor says that a recorder needs (RFC 7741 §4.2). */
export interface Vp8Descriptor {
  /** S: the payload begins a partition. */
  startsPartition: boolean;
  /** PID, 0 to 7: which partition it belongs to. */
  partition: number;
  /** 7 or 15 bits; the same for all packets of a picture. */
  pictureId: number | undefined;
}

/**
 * The descriptor in front of a VP8 payload, and the payload behind it. What orders layers (TL0PICIDX, TID, KEYIDX) is
 * stepped over: the SFU has chosen the layers, and what it forwards refers to nothing that it left out.
 * @throws Malformed when the descriptor is cut off
 */
export function parseVp8Payload(payload: Buffer): { descriptor: Vp8Descriptor; data: Buffer } {
  const reader = new ByteReader(payload);
  const flags = reader.u8();
  const extensions = (flags & 0x80) !== 0 ? reader.u8() : 0;
  const pictureId = (extensions & 0x80) !== 0 ? readPictureId(reader) : undefined;
  if ((extensions & 0x40) !== 0) reader.skip(1); // TL0PICIDX
  if ((extensions & 0x30) !== 0) reader.skip(1); // TID and Y, KEYIDX
  return {
    descriptor: { startsPartition: (flags & 0x10) !== 0, partition: flags & 0x07, pictureId },
    data: reader.rest(),
  };
}

function readPictureId(reader: ByteReader): number {
  const first = reader.u8();
  return (first & 0x80) === 0 ? first : (first & 0x7f) * 0x100 + reader.u8();
}
