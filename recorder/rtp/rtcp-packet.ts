import { ByteReader } from '../bytes/byte-reader.ts';
import { Malformed } from '../bytes/malformed.ts';
import { ntpToEpochMs } from './ntp-time.ts';

/** A Sender Report: what its RTP clock showed at an instant of wall time (RFC 3550 §6.4.1). */
export interface SenderReport {
  type: 'sender-report';
  ssrc: number;
  /** Epoch milliseconds, with fractions. */
  ntpMs: number;
  /** The middle 32 bits of the NTP timestamp, to be echoed as LSR. */
  ntpMiddle: number;
  /** 32 bits, as on the wire. */
  rtpTimestamp: number;
  packetCount: number;
  octetCount: number;
}

/** A sender left (RFC 3550 §6.6). */
export interface Bye {
  type: 'bye';
  ssrcs: number[];
}

export type RtcpReport = SenderReport | Bye;

/** One report block (RFC 3550 §6.4.1); counts as they go on the wire, already within their ranges. */
export interface ReceptionReport {
  ssrc: number;
  /** 0 to 255, of the packets expected since the last report */
  fractionLost: number;
  cumulativeLost: number;
  extendedHighestSequence: number;
  jitterTicks: number;
  lastSenderReport: number;
  /** In units of 1/65536 s */
  delaySinceLastSenderReport: number;
}

const RTCP = {
  senderReport: 200,
  receiverReport: 201,
  sourceDescription: 202,
  bye: 203,
  transportFeedback: 205,
  payloadFeedback: 206,
};
const GENERIC_NACK = 1;
const PICTURE_LOSS = 1;
const CNAME_ITEM = 1;

/**
 * The reports of a compound packet that we use; other types are skipped by their length.
 * @throws Malformed when a packet is cut off, or of another version
 */
export function parseRtcp(datagram: Buffer): RtcpReport[] {
  const reports: RtcpReport[] = [];
  const reader = new ByteReader(datagram);
  while (reader.remaining > 0) {
    const first = reader.u8();
    if (first >> 6 !== 2) throw new Malformed(`RTCP version ${first >> 6}`);
    const type = reader.u8();
    const body = reader.bytes(4 * reader.u16());
    if (type === RTCP.senderReport) reports.push(parseSenderReport(new ByteReader(body)));
    else if (type === RTCP.bye) reports.push(parseBye(new ByteReader(body), first & 0x1f));
  }
  return reports;
}

function parseSenderReport(reader: ByteReader): SenderReport {
  const ssrc = reader.u32();
  const seconds = reader.u32();
  const fraction = reader.u32();
  return {
    type: 'sender-report',
    ssrc,
    ntpMs: ntpToEpochMs(seconds, fraction),
    ntpMiddle: (seconds % 0x10000) * 0x10000 + Math.floor(fraction / 0x10000),
    rtpTimestamp: reader.u32(),
    packetCount: reader.u32(),
    octetCount: reader.u32(),
  };
}

function parseBye(reader: ByteReader, count: number): Bye {
  return { type: 'bye', ssrcs: Array.from({ length: count }, () => reader.u32()) };
}

/** A receiver report with at most one block, and the SDES CNAME that every compound packet carries (§6.1). */
export function encodeReceiverReport(
  localSsrc: number,
  cname: string,
  report: ReceptionReport | undefined,
): Buffer {
  const blocks = report ? 1 : 0;
  const bytes = Buffer.alloc(8 + 24 * blocks);
  header(bytes, blocks, RTCP.receiverReport);
  bytes.writeUInt32BE(localSsrc, 4);
  if (report) {
    bytes.writeUInt32BE(report.ssrc, 8);
    bytes.writeUInt8(report.fractionLost, 12);
    bytes.writeIntBE(report.cumulativeLost, 13, 3);
    bytes.writeUInt32BE(report.extendedHighestSequence, 16);
    bytes.writeUInt32BE(report.jitterTicks, 20);
    bytes.writeUInt32BE(report.lastSenderReport, 24);
    bytes.writeUInt32BE(report.delaySinceLastSenderReport, 28);
  }
  return Buffer.concat([bytes, encodeCname(localSsrc, cname)]);
}

function encodeCname(ssrc: number, cname: string): Buffer {
  const text = Buffer.from(cname, 'utf8').subarray(0, 255);
  // The list of items ends with at least one zero octet, and with a 32-bit boundary (§6.5).
  const bytes = Buffer.alloc(4 * Math.ceil((8 + 2 + text.length + 1) / 4));
  header(bytes, 1, RTCP.sourceDescription);
  bytes.writeUInt32BE(ssrc, 4);
  bytes.writeUInt8(CNAME_ITEM, 8);
  bytes.writeUInt8(text.length, 9);
  text.copy(bytes, 10);
  return bytes;
}

/**
 * Generic NACK (RFC 4585 §6.2.1): each item names a packet, and in a mask those of the next 16 that are missing too.
 * @param missing 16-bit sequence numbers in ascending order of their widened values
 */
export function encodeNack(localSsrc: number, ssrc: number, missing: readonly number[]): Buffer {
  const items: { pid: number; mask: number }[] = [];
  for (const sequence of missing) {
    const last = items.at(-1);
    const distance = last ? (sequence - last.pid + 0x10000) % 0x10000 : 0;
    if (last && distance >= 1 && distance <= 16) last.mask |= 1 << (distance - 1);
    else items.push({ pid: sequence, mask: 0 });
  }
  const bytes = feedbackHeader(GENERIC_NACK, RTCP.transportFeedback, localSsrc, ssrc, 4 * items.length);
  items.forEach(({ mask, pid }, index) => {
    bytes.writeUInt16BE(pid, 12 + 4 * index);
    bytes.writeUInt16BE(mask, 14 + 4 * index);
  });
  return bytes;
}

/** Picture Loss Indication (RFC 4585 §6.3.1): asks for a keyframe. */
export function encodePli(localSsrc: number, ssrc: number): Buffer {
  return feedbackHeader(PICTURE_LOSS, RTCP.payloadFeedback, localSsrc, ssrc, 0);
}

function feedbackHeader(
  format: number,
  type: number,
  localSsrc: number,
  ssrc: number,
  infoBytes: number,
): Buffer {
  const bytes = Buffer.alloc(12 + infoBytes);
  header(bytes, format, type);
  bytes.writeUInt32BE(localSsrc, 4);
  bytes.writeUInt32BE(ssrc, 8);
  return bytes;
}

function header(bytes: Buffer, count: number, type: number): void {
  bytes.writeUInt8(0x80 | count, 0);
  bytes.writeUInt8(type, 1);
  bytes.writeUInt16BE(bytes.length / 4 - 1, 2);
}
