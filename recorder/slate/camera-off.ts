import { BitWriter } from '../bytes/bit-writer.ts';
import { insertEmulationPrevention } from '../depacketize/emulation-prevention.ts';
import { MAX_PICTURE_MACROBLOCKS } from '../depacketize/picture-limits.ts';
import { PICTOGRAM_MBS, PLAIN_LUMA, pictogramLuma } from './pictogram.ts';

/** A picture that needs no other: IDR, constrained baseline. */
export interface Slate {
  sps: Buffer;
  pps: Buffer;
  nals: Buffer[];
  keyframe: true;
}

const NAL = { idr: 0x65, sps: 0x67, pps: 0x68 };
const PROFILE_BASELINE = 66;
/** constraint_set0_flag and constraint_set1_flag: constrained baseline. */
const CONSTRAINED = 0xc0;
const MB_TYPE = { intra16x16Dc: 3, pcm: 25 };
const SLICE_I_ONLY = 7;
const GREY = 128;

/** The lowest level that allows pictures of so many macroblocks (ISO/IEC 14496-10 table A-1, MaxFS). */
const LEVELS: readonly (readonly [maxMbs: number, level: number])[] = [
  [396, 20],
  [792, 21],
  [1620, 30],
  [3600, 31],
  [5120, 32],
  [8192, 40],
  [8704, 42],
  [22080, 50],
  [MAX_PICTURE_MACROBLOCKS, 51],
];

/**
 * A plain dark picture with a crossed-out camera, as H.264. One macroblock is sent as samples, all others are predicted
 * from their neighbours without any residual, so the colour spreads at a few bits each (§8.3.3).
 * @param size even numbers of pixels
 * @param idrPicId 0 or 1: two slates in a row must differ in it (§7.4.3)
 * @throws RangeError for a size that is not recorded (depacketize/picture-limits.ts)
 */
export function makeCameraOffSlate(size: { width: number; height: number }, idrPicId: 0 | 1 = 0): Slate {
  const widthMbs = Math.ceil(size.width / 16);
  const heightMbs = Math.ceil(size.height / 16);
  const level = LEVELS.find(([maxMbs]) => widthMbs * heightMbs <= maxMbs)?.[1];
  if (
    level === undefined ||
    size.width % 2 !== 0 ||
    size.height % 2 !== 0 ||
    size.width < 2 ||
    size.height < 2
  ) {
    throw new RangeError(`no H.264 picture has ${size.width}x${size.height} pixels in 4:2:0`);
  }
  return {
    sps: nal(NAL.sps, sequenceParameterSet(size, widthMbs, heightMbs, level)),
    pps: nal(NAL.pps, pictureParameterSet()),
    nals: [nal(NAL.idr, slice(widthMbs, heightMbs, idrPicId))],
    keyframe: true,
  };
}

/** §7.3.2.1.1 */
function sequenceParameterSet(
  size: { width: number; height: number },
  widthMbs: number,
  heightMbs: number,
  level: number,
): Uint8Array {
  const bits = new BitWriter();
  bits.bytes([PROFILE_BASELINE, CONSTRAINED, level]);
  bits.unsignedExpGolomb(0); // seq_parameter_set_id
  bits.unsignedExpGolomb(0); // log2_max_frame_num_minus4
  bits.unsignedExpGolomb(2); // pic_order_cnt_type: output order is decoding order
  bits.unsignedExpGolomb(1); // max_num_ref_frames
  bits.bit(0); // gaps_in_frame_num_value_allowed_flag
  bits.unsignedExpGolomb(widthMbs - 1);
  bits.unsignedExpGolomb(heightMbs - 1);
  bits.bit(1); // frame_mbs_only_flag
  bits.bit(1); // direct_8x8_inference_flag
  const cropRight = (widthMbs * 16 - size.width) / 2;
  const cropBottom = (heightMbs * 16 - size.height) / 2;
  const cropped = cropRight > 0 || cropBottom > 0;
  bits.bit(cropped ? 1 : 0);
  if (cropped) for (const offset of [0, cropRight, 0, cropBottom]) bits.unsignedExpGolomb(offset);
  bits.bit(0); // vui_parameters_present_flag
  return bits.finish();
}

/** §7.3.2.2 */
function pictureParameterSet(): Uint8Array {
  const bits = new BitWriter();
  bits.unsignedExpGolomb(0); // pic_parameter_set_id
  bits.unsignedExpGolomb(0); // seq_parameter_set_id
  bits.bit(0); // entropy_coding_mode_flag: CAVLC
  bits.bit(0); // bottom_field_pic_order_in_frame_present_flag
  bits.unsignedExpGolomb(0); // num_slice_groups_minus1
  bits.unsignedExpGolomb(0); // num_ref_idx_l0_default_active_minus1
  bits.unsignedExpGolomb(0); // num_ref_idx_l1_default_active_minus1
  bits.bits(0, 3); // weighted_pred_flag, weighted_bipred_idc
  bits.signedExpGolomb(0); // pic_init_qp_minus26
  bits.signedExpGolomb(0); // pic_init_qs_minus26
  bits.signedExpGolomb(0); // chroma_qp_index_offset
  bits.bit(1); // deblocking_filter_control_present_flag
  bits.bit(0); // constrained_intra_pred_flag
  bits.bit(0); // redundant_pic_cnt_present_flag
  return bits.finish();
}

/** §7.3.3, §7.3.4 */
function slice(widthMbs: number, heightMbs: number, idrPicId: number): Uint8Array {
  const bits = new BitWriter();
  bits.unsignedExpGolomb(0); // first_mb_in_slice
  bits.unsignedExpGolomb(SLICE_I_ONLY);
  bits.unsignedExpGolomb(0); // pic_parameter_set_id
  bits.bits(0, 4); // frame_num
  bits.unsignedExpGolomb(idrPicId);
  bits.bits(0, 2); // no_output_of_prior_pics_flag, long_term_reference_flag
  bits.signedExpGolomb(0); // slice_qp_delta
  bits.unsignedExpGolomb(1); // disable_deblocking_filter_idc
  const picture = layout(widthMbs, heightMbs);
  for (let y = 0; y < heightMbs; y += 1) {
    for (let x = 0; x < widthMbs; x += 1) {
      const samples = picture(x, y);
      if (samples) sentMacroblock(bits, samples);
      else predictedMacroblock(bits, picture(x - 1, y) !== undefined || picture(x, y - 1) !== undefined);
    }
  }
  return bits.finish();
}

/** Which macroblocks are sent as samples, and their luma: the first one, and the pictogram where there is room for it. */
function layout(widthMbs: number, heightMbs: number): (x: number, y: number) => number[] | undefined {
  const left = Math.floor((widthMbs - PICTOGRAM_MBS) / 2);
  const top = Math.floor((heightMbs - PICTOGRAM_MBS) / 2);
  const fits = left >= 1 && top >= 1;
  return (x, y) => {
    if (x === 0 && y === 0) return Array<number>(256).fill(PLAIN_LUMA);
    const inside = x >= left && x < left + PICTOGRAM_MBS && y >= top && y < top + PICTOGRAM_MBS;
    return fits && inside ? pictogramLuma(x - left, y - top) : undefined;
  };
}

/** I_PCM: 256 luma and 2 × 64 chroma samples (§7.3.5). */
function sentMacroblock(bits: BitWriter, luma: number[]): void {
  bits.unsignedExpGolomb(MB_TYPE.pcm);
  bits.align();
  bits.bytes(luma);
  bits.bytes(Array<number>(128).fill(GREY));
}

/**
 * I_16x16, DC prediction, nothing left over. The code for "no coefficients" depends on the neighbours: beside an I_PCM
 * macroblock nC is 8 or more (§9.2.1), and the code is the six bits of its table's last column (table 9-5).
 */
function predictedMacroblock(bits: BitWriter, besidePcm: boolean): void {
  bits.unsignedExpGolomb(MB_TYPE.intra16x16Dc);
  bits.unsignedExpGolomb(0); // intra_chroma_pred_mode: DC
  bits.signedExpGolomb(0); // mb_qp_delta
  if (besidePcm) bits.bits(0b000011, 6);
  else bits.bit(1);
}

function nal(header: number, rbsp: Uint8Array): Buffer {
  return Buffer.concat([Buffer.of(header), insertEmulationPrevention(rbsp)]);
}
