/** RTP and RTCP as the other end speaks them: written and read here by hand, so that the recorder is not checked by itself. */

const NTP_EPOCH_S = 2_208_988_800;

export interface NtpTime {
  seconds: number;
  fraction: number;
}

export function epochMsToNtp(epochMs: number): NtpTime {
  const seconds = Math.floor(epochMs / 1000);
  return { seconds: seconds + NTP_EPOCH_S, fraction: Math.floor(((epochMs / 1000) % 1) * 2 ** 32) };
}

/** RFC 3550 §5.1 */
export function rtpPacket(packet: {
  payloadType: number;
  sequence: number;
  timestamp: number;
  ssrc: number;
  marker: boolean;
  payload: Buffer;
}): Buffer {
  const header = Buffer.alloc(12);
  header.writeUInt8(0x80, 0);
  header.writeUInt8((packet.marker ? 0x80 : 0) | packet.payloadType, 1);
  header.writeUInt16BE(packet.sequence, 2);
  header.writeUInt32BE(packet.timestamp, 4);
  header.writeUInt32BE(packet.ssrc, 8);
  return Buffer.concat([header, packet.payload]);
}

/** RFC 3550 §6.4.1, without report blocks */
export function senderReport(ssrc: number, ntp: NtpTime, rtpTimestamp: number, packets: number): Buffer {
  const bytes = Buffer.alloc(28);
  bytes.writeUInt8(0x80, 0);
  bytes.writeUInt8(200, 1);
  bytes.writeUInt16BE(6, 2);
  for (const [index, value] of [ssrc, ntp.seconds, ntp.fraction, rtpTimestamp, packets, 0].entries())
    bytes.writeUInt32BE(value % 2 ** 32, 4 + 4 * index);
  return bytes;
}

export type Feedback = { type: 'nack'; ssrc: number; sequences: number[] } | { type: 'pli'; ssrc: number };

/** The NACKs and PLIs of a compound packet (RFC 4585 §6.2.1, §6.3.1). */
export function parseFeedback(datagram: Buffer): Feedback[] {
  const messages: Feedback[] = [];
  for (let at = 0; at < datagram.length; ) {
    const end = at + 4 * (datagram.readUInt16BE(at + 2) + 1);
    const [format, type] = [datagram.readUInt8(at) & 0x1f, datagram.readUInt8(at + 1)];
    if (type === 206 && format === 1) messages.push({ type: 'pli', ssrc: datagram.readUInt32BE(at + 8) });
    if (type === 205 && format === 1) {
      const sequences: number[] = [];
      for (let item = at + 12; item < end; item += 4) {
        const [pid, mask] = [datagram.readUInt16BE(item), datagram.readUInt16BE(item + 2)];
        sequences.push(pid);
        for (let bit = 0; bit < 16; bit += 1)
          if (mask & (1 << bit)) sequences.push((pid + bit + 1) % 2 ** 16);
      }
      messages.push({ type: 'nack', ssrc: datagram.readUInt32BE(at + 8), sequences });
    }
    at = end;
  }
  return messages;
}
