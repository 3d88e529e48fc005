import { BitWriter } from '../bytes/bit-writer.ts';
import { insertEmulationPrevention } from '../depacketize/emulation-prevention.ts';
import { makeCameraOffSlate } from '../slate/camera-off.ts';

/** Pictures of 3 × 3 macroblocks, small enough for many thousands of them. */
export const PICTURE_SIZE = { width: 48, height: 48 };
const MACROBLOCKS = 9;
/** The first two hold the picture's number, the others take turns. */
const NUMBER_MACROBLOCKS = 2;
const TURNS = MACROBLOCKS - NUMBER_MACROBLOCKS;
/** Luma values that carry a number: 16 to 215. */
const BASE = 200;
const DARKEST = 16;
/** Numbers begin anew here: the largest multiple of the turns that two macroblocks can tell. */
export const NUMBERS = BASE * BASE - ((BASE * BASE) % TURNS);

const MB_TYPE = { pcmInI: 25, pcmInP: 30 };
const SLICE_TYPE = { p: 5, i: 7 };

/**
 * The luma of each macroblock of a picture, by its number. Two of them tell the number, each other one was last changed up to
 * seven pictures ago: decoded without any one of these, the picture is not this one.
 */
export function lumaOf(count: number): number[] {
  const number = count % NUMBERS;
  return Array.from({ length: MACROBLOCKS }, (_, index) => {
    if (index === 0) return DARKEST + (number % BASE);
    if (index === 1) return DARKEST + (Math.floor(number / BASE) % BASE);
    const sinceItsTurn = (number - (index - NUMBER_MACROBLOCKS) + TURNS) % TURNS;
    return DARKEST + ((((number - sinceItsTurn + NUMBERS) % NUMBERS) * 37) % BASE);
  });
}

/** The number of the picture with this luma, modulo NUMBERS; undefined when it is none of ours, or not whole. */
export function numberOf(luma: readonly number[]): number | undefined {
  const number = (luma[0] ?? 0) - DARKEST + ((luma[1] ?? 0) - DARKEST) * BASE;
  if (number < 0) return undefined;
  return lumaOf(number).every((value, index) => value === luma[index]) ? number : undefined;
}

/**
 * A camera and its H.264 encoder, made by hand: keyframes on demand, each other picture refers to the one before and
 * changes three macroblocks of it.
 */
export class CodedCamera {
  #frameNum = 0;
  #idrPicId = 0;

  /** NAL units of the picture, without start codes. @param number from 0 on */
  encode(number: number, keyframe: boolean): Buffer[] {
    if (!keyframe) {
      this.#frameNum = (this.#frameNum + 1) % 16;
      return [Buffer.concat([Buffer.of(0x41), insertEmulationPrevention(this.#predicted(number))])];
    }
    this.#frameNum = 0;
    this.#idrPicId ^= 1;
    const { pps, sps } = makeCameraOffSlate(PICTURE_SIZE);
    return [sps, pps, Buffer.concat([Buffer.of(0x65), insertEmulationPrevention(this.#whole(number))])];
  }

  #whole(number: number): Uint8Array {
    const bits = this.#sliceHeader(SLICE_TYPE.i);
    bits.unsignedExpGolomb(this.#idrPicId);
    bits.bits(0, 2); // no_output_of_prior_pics_flag, long_term_reference_flag
    endOfHeader(bits);
    for (const luma of lumaOf(number)) macroblock(bits, MB_TYPE.pcmInI, luma);
    return bits.finish();
  }

  #predicted(number: number): Uint8Array {
    const bits = this.#sliceHeader(SLICE_TYPE.p);
    bits.bit(0); // num_ref_idx_active_override_flag
    bits.bit(0); // ref_pic_list_modification_flag_l0
    bits.bit(0); // adaptive_ref_pic_marking_mode_flag
    endOfHeader(bits);
    const changed = [0, 1, NUMBER_MACROBLOCKS + (number % TURNS)];
    const luma = lumaOf(number);
    let next = 0;
    for (const index of changed) {
      bits.unsignedExpGolomb(index - next); // mb_skip_run
      macroblock(bits, MB_TYPE.pcmInP, luma[index] ?? 0);
      next = index + 1;
    }
    if (next < MACROBLOCKS) bits.unsignedExpGolomb(MACROBLOCKS - next);
    return bits.finish();
  }

  /** ISO/IEC 14496-10 §7.3.3, with the parameter sets of the slate. */
  #sliceHeader(type: number): BitWriter {
    const bits = new BitWriter();
    bits.unsignedExpGolomb(0); // first_mb_in_slice
    bits.unsignedExpGolomb(type);
    bits.unsignedExpGolomb(0); // pic_parameter_set_id
    bits.bits(this.#frameNum, 4);
    return bits;
  }
}

function endOfHeader(bits: BitWriter): void {
  bits.signedExpGolomb(0); // slice_qp_delta
  bits.unsignedExpGolomb(1); // disable_deblocking_filter_idc
}

/** I_PCM: 256 luma and 2 × 64 chroma samples (§7.3.5). */
function macroblock(bits: BitWriter, type: number, luma: number): void {
  bits.unsignedExpGolomb(type);
  bits.align();
  bits.bytes(Array<number>(256).fill(luma));
  bits.bytes(Array<number>(128).fill(128));
}
