import { ByteReader } from '../bytes/byte-reader.ts';
import { Malformed } from '../bytes/malformed.ts';
import { checkArea } from './picture-limits.ts';

/** Pixels. */
export interface PictureSize {
  width: number;
  height: number;
}

/** What the first bytes of a VP8 picture say (RFC 6386 §9.1). */
export interface Vp8FrameHeader {
  /** The size that a keyframe sets; undefined for a picture that refers to others. */
  keyframe: PictureSize | undefined;
  /** False for one that is only referred to. */
  shown: boolean;
}

/** Profiles 0 to 3 are defined. */
const MAX_VERSION = 3;
const START_CODE = 0x9d012a;

/** @throws Malformed also for a picture that ends within its first partition @throws UnsupportedPicture */
export function parseVp8FrameHeader(data: Buffer): Vp8FrameHeader {
  const reader = new ByteReader(data);
  const first = reader.u8();
  const tag = first + reader.u8() * 0x100 + reader.u8() * 0x10000;
  const version = (tag >> 1) & 7;
  if (version > MAX_VERSION) throw new Malformed(`VP8 version ${version}`);
  const isKeyframe = (tag & 1) === 0;
  const keyframe = isKeyframe ? readSize(reader) : undefined;
  const firstPartitionBytes = tag >> 5;
  if (firstPartitionBytes > reader.remaining) throw new Malformed('a VP8 picture that is cut off');
  return { keyframe, shown: (tag & 0x10) !== 0 };
}

/** 14 bits each, little-endian; the two above ask for scaling, which is the player's affair. */
function readSize(reader: ByteReader): PictureSize {
  if (reader.u24() !== START_CODE) throw new Malformed('a VP8 keyframe without its start code');
  const width = (reader.u8() + reader.u8() * 0x100) & 0x3fff;
  const height = (reader.u8() + reader.u8() * 0x100) & 0x3fff;
  if (width === 0 || height === 0) throw new Malformed('a VP8 picture without an area');
  checkArea(Math.ceil(width / 16) * Math.ceil(height / 16));
  return { width, height };
}
