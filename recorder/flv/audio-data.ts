import { ByteReader } from '../bytes/byte-reader.ts';
import { Malformed } from '../bytes/malformed.ts';

/** SoundFormat 10 (AAC), 44 kHz, 16 bit, stereo: for AAC these say nothing, and must stand so (E.4.2.1). */
const AAC_FLAGS = 0xaf;
const PACKET = { sequenceHeader: 0, raw: 1 };
/** samplingFrequencyIndex of 48 kHz (ISO/IEC 14496-3 table 1.18). */
const INDEX_48_KHZ = 3;
const OBJECT_TYPE_LC = 2;

export type AudioData =
  | { type: 'aac-config'; objectType: number; frequencyIndex: number; channels: number }
  | { type: 'aac-frame'; frame: Buffer };

/** AudioSpecificConfig of AAC-LC at 48 kHz (ISO/IEC 14496-3 §1.6.2.1), as the body of an audio tag. */
export function encodeAacConfig(channels: 1 | 2): Buffer {
  const config = (OBJECT_TYPE_LC << 11) | (INDEX_48_KHZ << 7) | (channels << 3);
  return Buffer.of(AAC_FLAGS, PACKET.sequenceHeader, config >> 8, config & 0xff);
}

/** What stands before a raw AAC frame in an audio tag. */
export const AAC_FRAME_PREFIX = Buffer.of(AAC_FLAGS, PACKET.raw);

/** @throws Malformed for anything but AAC */
export function parseAudioData(data: Buffer): AudioData {
  const reader = new ByteReader(data);
  const flags = reader.u8();
  if (flags >> 4 !== 10) throw new Malformed(`FLV sound format ${flags >> 4}`);
  const packet = reader.u8();
  if (packet === PACKET.raw) return { type: 'aac-frame', frame: reader.rest() };
  if (packet !== PACKET.sequenceHeader) throw new Malformed(`AAC packet type ${packet}`);
  const config = reader.u16();
  return {
    type: 'aac-config',
    objectType: config >> 11,
    frequencyIndex: (config >> 7) & 0xf,
    channels: (config >> 3) & 0xf,
  };
}
