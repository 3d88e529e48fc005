import { parseSps } from '#recorder/depacketize/sps.ts';
import { box, fullBox, u8, u16, u32 } from './box.ts';
import type { SoundSettings } from './flv-media.ts';
import type { ParameterSets } from './parameter-sets.ts';

/** By samplingFrequencyIndex (ISO/IEC 14496-3 table 1.18). */
const FREQUENCIES = [96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350];

export const sampleRateOf = (settings: SoundSettings): number =>
  (settings.codec === 'aac' ? FREQUENCIES[settings.frequencyIndex] : undefined) ?? 48000;

/**
 * A description of pictures (ISO/IEC 14496-15 §5.4.2). `avc1`: its parameter sets stand here alone. `avc3`: they may stand in
 * band as well.
 */
export function pictureEntry(format: 'avc1' | 'avc3', sets: ParameterSets): Buffer {
  const { height, width } = parseSps(sets.sps[0] ?? Buffer.alloc(0));
  return box(
    format,
    u8(0, 0, 0, 0, 0, 0),
    u16(1),
    Buffer.alloc(16),
    u16(width, height),
    // 72 dpi, no data size, one frame in a sample, no name of the compressor, 24 bits of depth.
    u32(0x00480000, 0x00480000, 0),
    u16(1),
    Buffer.alloc(32),
    u16(0x18, 0xffff),
    box('avcC', decoderConfiguration(sets)),
    // Square pixels: ffmpeg would work out others from the sizes of two descriptions.
    box('pasp', u32(1, 1)),
  );
}

/** AVCDecoderConfigurationRecord (ISO/IEC 14496-15 §5.3.3.1). */
function decoderConfiguration({ pps, sps }: ParameterSets): Buffer {
  const first = sps[0] ?? Buffer.alloc(4);
  const { chroma } = parseSps(first);
  const counted = (nals: readonly Buffer[]) => nals.flatMap((nal) => [u16(nal.length), nal]);
  const tail = chroma
    ? u8(0xfc | chroma.format, 0xf8 | (chroma.lumaBits - 8), 0xf8 | (chroma.chromaBits - 8), 0)
    : u8();
  return Buffer.concat([
    u8(1),
    first.subarray(1, 4),
    // Lengths of four bytes.
    u8(0xff, 0xe0 | sps.length),
    ...counted(sps),
    u8(pps.length),
    ...counted(pps),
    tail,
  ]);
}

/** A description of AAC (ISO/IEC 14496-14 §5.6), or of Opus (Encapsulation of Opus in ISO Base Media File Format §4.3). */
export function soundEntry(settings: SoundSettings): Buffer {
  return box(
    settings.codec === 'aac' ? 'mp4a' : 'Opus',
    u8(0, 0, 0, 0, 0, 0),
    u16(1),
    Buffer.alloc(8),
    u16(settings.channels, 16, 0, 0),
    // 16 bits before the point, which the highest rates do not fit into; the stream's own settings tell.
    u32((sampleRateOf(settings) % 0x10000) * 0x10000),
    settings.codec === 'aac' ? aacSettings(settings) : opusSettings(settings),
  );
}

function aacSettings(settings: SoundSettings & { codec: 'aac' }): Buffer {
  const { channels, frequencyIndex, objectType } = settings;
  const specific = descriptor(5, u16((objectType << 11) | (frequencyIndex << 7) | (channels << 3)));
  // AAC, a stream of sound; a buffer and bitrates that nobody states.
  const decoder = descriptor(4, u8(0x40, 0x15, 0, 0, 0), u32(0, 0), specific);
  const elementary = descriptor(3, u16(0), u8(0), decoder, descriptor(6, u8(2)));
  return fullBox('esds', 0, 0, elementary);
}

/** Version 0, no samples to be skipped, no gain, mapping family 0. */
function opusSettings({ channels }: SoundSettings & { codec: 'opus' }): Buffer {
  return box('dOps', u8(0, channels), u16(0), u32(48_000), u16(0), u8(0));
}

/** Of ISO/IEC 14496-1 §7.2.6; shorter than 128 bytes. */
function descriptor(tag: number, ...content: readonly Buffer[]): Buffer {
  const body = Buffer.concat(content);
  return Buffer.concat([u8(tag, body.length), body]);
}
