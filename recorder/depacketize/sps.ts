import { BitReader } from '../bytes/bit-reader.ts';
import { Malformed } from '../bytes/malformed.ts';
import { removeEmulationPrevention } from './emulation-prevention.ts';
import { checkArea, UnsupportedPicture } from './picture-limits.ts';

/** What a sequence parameter set says of the picture (ISO/IEC 14496-10 §7.3.2.1.1). */
export interface Sps {
  /** seq_parameter_set_id */
  id: number;
  profile: number;
  /** The constraint flags, as in the second byte of profile-level-id. */
  constraints: number;
  level: number;
  /** Of the profiles that tell it; undefined where it is 4:2:0 with 8 bits by definition. */
  chroma: { format: number; lumaBits: number; chromaBits: number } | undefined;
  /** Before cropping: what a decoder reserves memory for. */
  macroblocks: number;
  /** Pixels, cropping applied. */
  width: number;
  height: number;
}

const CHROMA_PROFILES = new Set([100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135]);
/** Samples have at most so many bits (§7.4.2.1.1). */
const MAX_BITS = 14;
/** Largest side that level 6.2 allows, in macroblocks. */
const MAX_SIDE_MBS = 1055;

/** @param nal with its header byte. @throws Malformed */
export function parseSps(nal: Buffer): Sps {
  const reader = new BitReader(removeEmulationPrevention(nal));
  if ((reader.bits(8) & 0x1f) !== 7) throw new Malformed('not a sequence parameter set');
  const profile = reader.bits(8);
  const constraints = reader.bits(8);
  const level = reader.bits(8);
  const id = reader.unsignedExpGolomb();
  const told = CHROMA_PROFILES.has(profile) ? readChroma(reader) : undefined;
  reader.unsignedExpGolomb();
  pictureOrder(reader);
  reader.unsignedExpGolomb();
  reader.skip(1);
  const widthMbs = reader.unsignedExpGolomb() + 1;
  const heightUnits = reader.unsignedExpGolomb() + 1;
  const frameOnly = reader.bit();
  if (frameOnly === 0) reader.skip(1);
  reader.skip(1);
  const heightMbs = heightUnits * (2 - frameOnly);
  if (widthMbs > MAX_SIDE_MBS || heightMbs > MAX_SIDE_MBS)
    throw new Malformed(`${widthMbs}x${heightMbs} macroblocks`);
  const crop =
    reader.bit() === 1 ? cropping(reader, told?.arrayType ?? 1, frameOnly) : { width: 0, height: 0 };
  const macroblocks = widthMbs * heightMbs;
  const width = widthMbs * 16 - crop.width;
  const height = heightMbs * 16 - crop.height;
  if (width <= 0 || height <= 0) throw new Malformed('the picture is cropped away');
  return { id, profile, constraints, level, chroma: told?.chroma, macroblocks, width, height };
}

/**
 * What is recorded: the samples that every player decodes, within the area that VP8 is held to, with the even sides that a
 * slate of this size needs.
 * @throws UnsupportedPicture
 */
export function checkRecordable({ chroma, height, macroblocks, width }: Sps): void {
  checkArea(macroblocks);
  const isPlain = !chroma || (chroma.format === 1 && chroma.lumaBits === 8 && chroma.chromaBits === 8);
  if (!isPlain) throw new UnsupportedPicture('samples that are not 4:2:0 of 8 bits');
  if (width % 2 !== 0 || height % 2 !== 0) throw new UnsupportedPicture(`odd sides: ${width}x${height}`);
}

function readChroma(reader: BitReader): { chroma: Sps['chroma']; arrayType: number } {
  const format = reader.unsignedExpGolomb();
  if (format > 3) throw new Malformed(`chroma format ${format}`);
  const separatePlanes = format === 3 ? reader.bit() : 0;
  const lumaBits = 8 + reader.unsignedExpGolomb();
  const chromaBits = 8 + reader.unsignedExpGolomb();
  if (lumaBits > MAX_BITS || chromaBits > MAX_BITS) throw new Malformed(`samples of ${lumaBits} bits`);
  reader.skip(1);
  if (reader.bit() === 1) {
    const lists = format === 3 ? 12 : 8;
    for (let i = 0; i < lists; i += 1) if (reader.bit() === 1) scalingList(reader, i < 6 ? 16 : 64);
  }
  // ChromaArrayType (§7.4.2.1.1) is 0 for separate planes.
  return { chroma: { format, lumaBits, chromaBits }, arrayType: separatePlanes === 1 ? 0 : format };
}

function scalingList(reader: BitReader, size: number): void {
  let last = 8;
  for (let i = 0; i < size; i += 1) {
    const next = (last + reader.signedExpGolomb() + 256) % 256;
    if (next === 0) return;
    last = next;
  }
}

function pictureOrder(reader: BitReader): void {
  const type = reader.unsignedExpGolomb();
  if (type === 0) reader.unsignedExpGolomb();
  else if (type === 1) {
    reader.skip(1);
    reader.signedExpGolomb();
    reader.signedExpGolomb();
    const cycle = reader.unsignedExpGolomb();
    if (cycle > 255) throw new Malformed(`${cycle} reference frames in a picture order cycle`);
    for (let i = 0; i < cycle; i += 1) reader.signedExpGolomb();
  }
}

/** Crop offsets count in chroma samples and, for fields, in line pairs (§7.4.2.1.1). */
function cropping(
  reader: BitReader,
  chromaFormat: number,
  frameOnly: number,
): { width: number; height: number } {
  const [left, right, top, bottom] = [0, 1, 2, 3].map(() => reader.unsignedExpGolomb()) as [
    number,
    number,
    number,
    number,
  ];
  const unitX = chromaFormat === 1 || chromaFormat === 2 ? 2 : 1;
  const unitY = (chromaFormat === 1 ? 2 : 1) * (2 - frameOnly);
  return { width: unitX * (left + right), height: unitY * (top + bottom) };
}
