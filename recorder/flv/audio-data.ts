import type { AudioCodec } from '#protocol/people.ts';
import { ByteReader } from '../bytes/byte-reader.ts';
import { Malformed } from '../bytes/malformed.ts';

/** SoundFormat 10 (AAC), 44 kHz, 16 bit, stereo: for AAC these say nothing, and must stand so (E.4.2.1). */
const AAC_FLAGS = 0xaf;
const AAC_PACKET = { sequenceHeader: 0, raw: 1 };
/** samplingFrequencyIndex of 48 kHz (ISO/IEC 14496-3 table 1.18). */
const INDEX_48_KHZ = 3;
const OBJECT_TYPE_LC = 2;
/** SoundFormat 9 says that a packet type and a FourCC follow (Enhanced RTMP v2, ExAudioTagHeader). */
const EXTENDED_FORMAT = 9;
const EXTENDED_PACKET = { sequenceStart: 0, codedFrames: 1 };
const OPUS = Buffer.from('Opus');
/** Magic, version 1; behind the channels: no pre-skip, since packets lie where their sound does (KeptSound), 48 kHz, no gain, family 0. */
const OPUS_HEAD = { magic: Buffer.from('OpusHead\x01'), rest: Buffer.of(0, 0, 0x80, 0xbb, 0, 0, 0, 0, 0) };

/** Samples of one frame: AAC-LC has 1024, and Opus 20 ms, for which mpegts.js takes every packet. */
export const FRAME_SAMPLES: Record<AudioCodec, number> = { aac: 1024, opus: 960 };

/** 20 ms of silence, really encoded (CELT, full band): a packet of the TOC alone would dim what follows it in some players. */
export const SILENT_PACKETS: Record<1 | 2, Buffer> = {
  1: Buffer.from('f8fffe', 'hex'),
  2: Buffer.from('fcfffe', 'hex'),
};

export type AudioData =
  | { type: 'aac-config'; objectType: number; frequencyIndex: number; channels: number }
  | { type: 'opus-config'; channels: number }
  | { type: 'frame'; codec: AudioCodec; frame: Buffer };

const extended = (packet: number) => Buffer.concat([Buffer.of((EXTENDED_FORMAT << 4) | packet), OPUS]);

/**
 * What a file's sound is decoded with, as the body of an audio tag: AudioSpecificConfig of AAC-LC at 48 kHz (ISO/IEC 14496-3
 * §1.6.2.1), or an identification header (RFC 7845 §5.1). No MultichannelConfig follows: for one or two channels it says nothing,
 * and mpegts.js takes it for an error.
 */
export function encodeSoundConfig(codec: AudioCodec, channels: 1 | 2): Buffer {
  if (codec === 'opus')
    return Buffer.concat([
      extended(EXTENDED_PACKET.sequenceStart),
      OPUS_HEAD.magic,
      Buffer.of(channels),
      OPUS_HEAD.rest,
    ]);
  const config = (OBJECT_TYPE_LC << 11) | (INDEX_48_KHZ << 7) | (channels << 3);
  return Buffer.of(AAC_FLAGS, AAC_PACKET.sequenceHeader, config >> 8, config & 0xff);
}

/** What stands before a frame in an audio tag. */
export const SOUND_PREFIX: Record<AudioCodec, Buffer> = {
  aac: Buffer.of(AAC_FLAGS, AAC_PACKET.raw),
  opus: extended(EXTENDED_PACKET.codedFrames),
};

/** @throws Malformed for anything but AAC, and Opus by Enhanced RTMP */
export function parseAudioData(data: Buffer): AudioData {
  const reader = new ByteReader(data);
  const flags = reader.u8();
  if (flags >> 4 === EXTENDED_FORMAT) return parseOpus(flags & 0xf, reader);
  if (flags >> 4 !== 10) throw new Malformed(`FLV sound format ${flags >> 4}`);
  const packet = reader.u8();
  if (packet === AAC_PACKET.raw) return { type: 'frame', codec: 'aac', frame: reader.rest() };
  if (packet !== AAC_PACKET.sequenceHeader) throw new Malformed(`AAC packet type ${packet}`);
  const config = reader.u16();
  return {
    type: 'aac-config',
    objectType: config >> 11,
    frequencyIndex: (config >> 7) & 0xf,
    channels: (config >> 3) & 0xf,
  };
}

function parseOpus(packet: number, reader: ByteReader): AudioData {
  const name = reader.bytes(OPUS.length);
  if (!name.equals(OPUS)) throw new Malformed(`sound of kind ${name.toString('hex')}`);
  if (packet === EXTENDED_PACKET.codedFrames) return { type: 'frame', codec: 'opus', frame: reader.rest() };
  if (packet !== EXTENDED_PACKET.sequenceStart) throw new Malformed(`Opus packet type ${packet}`);
  if (!reader.bytes(OPUS_HEAD.magic.length).equals(OPUS_HEAD.magic)) throw new Malformed('an Opus header');
  return { type: 'opus-config', channels: reader.u8() };
}
