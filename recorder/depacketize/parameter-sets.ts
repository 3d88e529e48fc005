import { BitReader } from '../bytes/bit-reader.ts';
import { Malformed } from '../bytes/malformed.ts';
import { removeEmulationPrevention } from './emulation-prevention.ts';
import { NAL_TYPE, nalType } from './nal-type.ts';
import { checkRecordable, parseSps } from './sps.ts';

/** Real ones have some tens of bytes; with scaling lists, some hundreds. */
export const MAX_SET_BYTES = 2048;
/** All sets of a stream together: they are written again and again, however little else comes. Real ones stay below 1 kB. */
export const MAX_SETS_BYTES = 4096;
/** seq_parameter_set_id and pic_parameter_set_id (ISO/IEC 14496-10 §7.4.2): they bound what is kept. */
const MAX_SPS_ID = 31;
const MAX_PPS_ID = 255;

interface Pps {
  nal: Buffer;
  spsId: number;
}

/** What a keyframe is decoded with. */
export interface ActiveSets {
  sps: Buffer;
  pps: Buffer;
  /** The SPS's other picture parameter sets, which later pictures may use. */
  others: Buffer[];
}

/** The parameter sets that a stream has announced so far, by their ids. */
export class ParameterSets {
  readonly #sps = new Map<number, Buffer>();
  readonly #pps = new Map<number, Pps>();

  /**
   * @param nal an SPS or a PPS; it is copied, since it outlives its datagram by far
   * @returns whether it is new or changed
   * @throws Malformed also for an SPS that does not tell its size: nothing could be done with its pictures
   * @throws UnsupportedPicture for an SPS of pictures that are not recorded; its id is free then
   */
  take(nal: Buffer): boolean {
    if (nal.length > MAX_SET_BYTES) throw new Malformed(`a parameter set of ${nal.length} bytes`);
    return nalType(nal) === NAL_TYPE.sps ? this.#takeSps(nal) : this.#takePps(nal);
  }

  /** Those for a picture that uses this PPS; undefined while it or its SPS is not known. */
  for(ppsId: number): ActiveSets | undefined {
    const pps = this.#pps.get(ppsId);
    const sps = pps && this.#sps.get(pps.spsId);
    if (!pps || !sps) return undefined;
    const others: Buffer[] = [];
    for (const other of this.#pps.values()) {
      if (other !== pps && other.spsId === pps.spsId) others.push(other.nal);
    }
    return { sps, pps: pps.nal, others };
  }

  #takeSps(nal: Buffer): boolean {
    const sps = parseSps(nal);
    const { id } = sps;
    if (id > MAX_SPS_ID) throw new Malformed(`SPS ${id}`);
    if (this.#sps.get(id)?.equals(nal)) return false;
    this.#sps.delete(id);
    checkRecordable(sps);
    this.#checkSum(nal.length);
    this.#sps.set(id, Buffer.from(nal));
    return true;
  }

  #takePps(nal: Buffer): boolean {
    const reader = new BitReader(removeEmulationPrevention(nal));
    reader.skip(8);
    const id = reader.unsignedExpGolomb();
    const spsId = reader.unsignedExpGolomb();
    if (id > MAX_PPS_ID || spsId > MAX_SPS_ID) throw new Malformed(`PPS ${id} of SPS ${spsId}`);
    if (this.#pps.get(id)?.nal.equals(nal)) return false;
    this.#checkSum(nal.length - (this.#pps.get(id)?.nal.length ?? 0));
    this.#pps.set(id, { nal: Buffer.from(nal), spsId });
    return true;
  }

  /** @throws Malformed when so many bytes more would be too many */
  #checkSum(more: number): void {
    let bytes = more;
    for (const sps of this.#sps.values()) bytes += sps.length;
    for (const { nal } of this.#pps.values()) bytes += nal.length;
    if (bytes > MAX_SETS_BYTES) throw new Malformed(`parameter sets of ${bytes} bytes`);
  }
}
