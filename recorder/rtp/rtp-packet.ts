import { Malformed } from '../bytes/malformed.ts';

/** The parts of an RTP packet that recording needs (RFC 3550 §5.1). */
export interface RtpPacket {
  payloadType: number;
  marker: boolean;
  /** 16 bits, as on the wire. */
  sequenceNumber: number;
  /** 32 bits, as on the wire. */
  timestamp: number;
  ssrc: number;
  /** A view into the datagram: without header, extension and padding. */
  payload: Buffer;
}

const VERSION = 2;
const FIXED_HEADER_BYTES = 12;
const EXTENSION_HEADER_BYTES = 4;

/** @throws Malformed when the datagram is no RTP packet, or cut off */
export function parseRtpPacket(datagram: Buffer): RtpPacket {
  if (datagram.length < FIXED_HEADER_BYTES) throw new Malformed(`RTP packet of ${datagram.length} bytes`);
  const first = datagram.readUInt8(0);
  if (first >> 6 !== VERSION) throw new Malformed(`RTP version ${first >> 6}`);
  const second = datagram.readUInt8(1);
  const start = payloadStart(datagram, first);
  const end = (first & 0x20) === 0 ? datagram.length : datagram.length - paddingBytes(datagram);
  if (start > end) throw new Malformed(`RTP payload from ${start} to ${end}`);
  return {
    payloadType: second & 0x7f,
    marker: (second & 0x80) !== 0,
    sequenceNumber: datagram.readUInt16BE(2),
    timestamp: datagram.readUInt32BE(4),
    ssrc: datagram.readUInt32BE(8),
    payload: datagram.subarray(start, end),
  };
}

/** A packet without CSRC, extension and padding. */
export function encodeRtpPacket(packet: RtpPacket): Buffer {
  const header = Buffer.alloc(FIXED_HEADER_BYTES);
  header.writeUInt8(VERSION << 6, 0);
  header.writeUInt8((packet.marker ? 0x80 : 0) | packet.payloadType, 1);
  header.writeUInt16BE(packet.sequenceNumber, 2);
  header.writeUInt32BE(packet.timestamp, 4);
  header.writeUInt32BE(packet.ssrc, 8);
  return Buffer.concat([header, packet.payload]);
}

/** RTP and RTCP share a port; packet types 192 to 223 are RTCP (RFC 5761 §4). */
export function isRtcp(datagram: Buffer): boolean {
  const type = datagram[1];
  return type !== undefined && type >= 192 && type <= 223;
}

function payloadStart(datagram: Buffer, first: number): number {
  const afterCsrc = FIXED_HEADER_BYTES + 4 * (first & 0x0f);
  if ((first & 0x10) === 0) return afterCsrc;
  if (afterCsrc + EXTENSION_HEADER_BYTES > datagram.length)
    throw new Malformed('RTP header extension is cut off');
  return afterCsrc + EXTENSION_HEADER_BYTES + 4 * datagram.readUInt16BE(afterCsrc + 2);
}

/** The last octet counts the padding, itself included, so it cannot be zero. */
function paddingBytes(datagram: Buffer): number {
  const count = datagram.readUInt8(datagram.length - 1);
  if (count === 0) throw new Malformed('RTP padding of zero bytes');
  return count;
}
