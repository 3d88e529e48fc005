import { BitReader } from '../bytes/bit-reader.ts';
import { removeEmulationPrevention } from './emulation-prevention.ts';

/** The header byte and three Exp-Golomb codes: first_mb_in_slice has 37 bits at most, the others fewer. */
const START_BYTES = 16;

/**
 * How a slice header begins (ISO/IEC 14496-10 §7.3.3): where the slice lies, and which picture parameter set it uses.
 * @throws Malformed
 */
export function parseSliceStart(nal: Buffer): { firstMacroblock: number; ppsId: number } {
  const reader = new BitReader(removeEmulationPrevention(nal.subarray(0, START_BYTES)));
  reader.skip(8);
  const firstMacroblock = reader.unsignedExpGolomb();
  reader.unsignedExpGolomb();
  return { firstMacroblock, ppsId: reader.unsignedExpGolomb() };
}
