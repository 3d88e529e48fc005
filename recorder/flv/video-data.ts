import { ByteReader } from '../bytes/byte-reader.ts';
import { Malformed } from '../bytes/malformed.ts';
import { parseSps } from '../depacketize/sps.ts';

const CODEC_AVC = 7;
const FRAME = { key: 1, inter: 2 };
const PACKET = { sequenceHeader: 0, nalus: 1, endOfSequence: 2 };
const NAL_LENGTH_BYTES = 4;

export type VideoData =
  | { type: 'avc-config'; sps: Buffer[]; pps: Buffer[] }
  | { type: 'avc-nalus'; keyframe: boolean; compositionTimeMs: number; nals: Buffer[] }
  | { type: 'avc-end' };

/**
 * AVCDecoderConfigurationRecord (ISO/IEC 14496-15 §5.2.4.1) as the body of a video tag. The profiles that may have other
 * than 4:2:0 with 8 bits say so at its end.
 * @throws Malformed for a broken SPS
 */
export function encodeAvcConfig(sps: Buffer, pps: Buffer): Buffer {
  const head = Buffer.alloc(13);
  head.writeUInt8((FRAME.key << 4) | CODEC_AVC, 0);
  head.writeUInt8(PACKET.sequenceHeader, 1);
  head.writeUInt8(1, 5);
  // Profile, constraints and level repeat bytes 1 to 3 of the SPS.
  sps.copy(head, 6, 1, 4);
  head.writeUInt8(0xfc | (NAL_LENGTH_BYTES - 1), 9);
  head.writeUInt8(0xe0 | 1, 10);
  head.writeUInt16BE(sps.length, 11);
  const middle = Buffer.alloc(3);
  middle.writeUInt8(1, 0);
  middle.writeUInt16BE(pps.length, 1);
  const { chroma } = parseSps(sps);
  const tail = chroma
    ? Buffer.of(0xfc | chroma.format, 0xf8 | (chroma.lumaBits - 8), 0xf8 | (chroma.chromaBits - 8), 0)
    : Buffer.alloc(0);
  return Buffer.concat([head, sps, middle, pps, tail]);
}

/** NAL units of one access unit, each behind its length; the units themselves are not copied. */
export function encodeAvcNalus(keyframe: boolean, nals: readonly Buffer[]): Buffer[] {
  const head = Buffer.of(((keyframe ? FRAME.key : FRAME.inter) << 4) | CODEC_AVC, PACKET.nalus, 0, 0, 0);
  const chunks: Buffer[] = [head];
  for (const nal of nals) {
    const length = Buffer.alloc(NAL_LENGTH_BYTES);
    length.writeUInt32BE(nal.length);
    chunks.push(length, nal);
  }
  return chunks;
}

/** @throws Malformed for anything but AVC */
export function parseVideoData(data: Buffer): VideoData {
  const reader = new ByteReader(data);
  const flags = reader.u8();
  if ((flags & 0x0f) !== CODEC_AVC) throw new Malformed(`FLV video codec ${flags & 0x0f}`);
  const frame = flags >> 4;
  if (frame !== FRAME.key && frame !== FRAME.inter) throw new Malformed(`FLV frame type ${frame}`);
  const packet = reader.u8();
  const compositionTimeMs = (reader.u24() << 8) >> 8;
  switch (packet) {
    case PACKET.sequenceHeader:
      return parseAvcConfig(reader);
    case PACKET.nalus:
      return {
        type: 'avc-nalus',
        keyframe: frame === FRAME.key,
        compositionTimeMs,
        nals: parseNalus(reader),
      };
    case PACKET.endOfSequence:
      return { type: 'avc-end' };
    default:
      throw new Malformed(`AVC packet type ${packet}`);
  }
}

function parseAvcConfig(reader: ByteReader): VideoData {
  const version = reader.u8();
  if (version !== 1) throw new Malformed(`AVC configuration of version ${version}`);
  reader.skip(3);
  const lengthBytes = (reader.u8() & 3) + 1;
  if (lengthBytes !== NAL_LENGTH_BYTES) throw new Malformed(`NAL lengths of ${lengthBytes} bytes`);
  const sets = (count: number) => Array.from({ length: count }, () => reader.bytes(reader.u16()));
  const sps = sets(reader.u8() & 0x1f);
  return { type: 'avc-config', sps, pps: sets(reader.u8()) };
}

function parseNalus(reader: ByteReader): Buffer[] {
  const nals: Buffer[] = [];
  while (reader.remaining > 0) nals.push(reader.bytes(reader.u32()));
  return nals;
}
