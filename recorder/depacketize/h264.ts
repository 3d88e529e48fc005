import { ByteReader } from '../bytes/byte-reader.ts';
import { Malformed } from '../bytes/malformed.ts';
import type { OrderedItem } from '../rtp/rtp-receiver.ts';
import { isSlice, NAL_TYPE, nalType } from './nal-type.ts';
import { type ActiveSets, ParameterSets } from './parameter-sets.ts';
import { UnsupportedPicture } from './picture-limits.ts';
import { parseSliceStart } from './slice-header.ts';

/** A picture, whole: all slices of one access unit. */
export interface AccessUnit {
  /** Widened RTP timestamp, 90 kHz ticks. */
  timestamp: number;
  /**
   * NAL units without AUD, filler, and the sets below. SEI stays: it costs little, and may matter to a decoder. Picture
   * parameter sets that a picture between two keyframes brings stand in front.
   */
  nals: Buffer[];
  /** True for an IDR picture: decoding can begin here. */
  keyframe: boolean;
  /** The parameter sets of this picture and those up to the next keyframe. */
  sps: Buffer;
  pps: Buffer;
  /** The SPS's other picture parameter sets, which later pictures may use; undefined where there are none. */
  otherPps?: readonly Buffer[];
  /** When its last packet arrived. */
  arrivalMs: number;
}

export interface H264Stats {
  released: number;
  keyframes: number;
  /** Units that were incomplete, or came after a loss and before the next keyframe. */
  dropped: number;
  malformed: number;
}

/** A unit larger than this is dropped: 4K keyframes stay far below. */
export const MAX_UNIT_BYTES = 8 * 1024 * 1024;
/** NAL units and fragments of one unit: each keeps its datagram in memory, however few bytes it has. */
export const MAX_UNIT_PIECES = 16_384;

/** A fragmented NAL unit on its way (RFC 6184 §5.8). */
interface Fragments {
  header: number;
  parts: Buffer[];
}

interface Unit {
  timestamp: number;
  nals: Buffer[];
  /** Picture parameter sets in it that are new or changed. */
  freshPps: Buffer[];
  bytes: number;
  pieces: number;
  keyframe: boolean;
  damaged: boolean;
  /** Packets are missing right before its first one: they may have been its own. */
  headInDoubt: boolean;
  /** Parameter sets came in it. */
  hasSps: boolean;
  hasPps: boolean;
  arrivalMs: number;
}

/**
 * RFC 6184, packetization modes 0 and 1: single NAL units, STAP-A, FU-A. Releases whole access units only, and after a
 * loss none before the next keyframe: what refers to a lost picture decodes to garbage.
 */
export class H264Depacketizer {
  readonly #stats: H264Stats = { released: 0, keyframes: 0, dropped: 0, malformed: 0 };
  readonly #sets = new ParameterSets();
  #setsInBand = false;
  #active: ActiveSets | undefined;
  #unit: Unit | undefined;
  #fragments: Fragments | undefined;
  #needsKeyframe = true;
  /** The next packet does not follow the one before; the first one follows nothing. */
  #afterLoss = true;
  #isUnsupported = false;
  /** The sender has answered with a picture that is not recorded: asking again brings the same. */
  #isAnswered = false;

  /** @param options.spropParameterSets out-of-band parameter sets (RFC 6184 §8.1), base64, comma-separated */
  constructor(options: { spropParameterSets?: string } = {}) {
    for (const set of (options.spropParameterSets ?? '').split(','))
      this.#outOfBand(Buffer.from(set, 'base64'));
  }

  /** True from the start, and from a loss, until the next keyframe. */
  get needsKeyframe(): boolean {
    return this.#needsKeyframe && !this.#isAnswered;
  }

  /** True while the sender's pictures are none of what is recorded, until one comes that is. */
  get isUnsupported(): boolean {
    return this.#isUnsupported;
  }

  stats(): H264Stats {
    return { ...this.#stats };
  }

  push(item: OrderedItem): AccessUnit[] {
    if (item.type !== 'packet') {
      this.#broken();
      this.#afterLoss = true;
      this.#isAnswered = false;
      return [];
    }
    const units: AccessUnit[] = [];
    if (this.#unit && this.#unit.timestamp !== item.timestamp) this.#end(units);
    // Chromium probes the bandwidth with packets of padding alone.
    if (item.payload.length > 0) {
      const unit = this.#open(item.timestamp);
      this.#afterLoss = false;
      unit.arrivalMs = item.arrivalMs;
      this.#payload(unit, item.payload);
    }
    if (item.marker && this.#unit) this.#end(units);
    return units;
  }

  /** The unit that still waits for its marker. */
  flush(): AccessUnit[] {
    const units: AccessUnit[] = [];
    if (this.#unit) this.#end(units);
    return units;
  }

  #open(timestamp: number): Unit {
    this.#unit ??= {
      timestamp,
      nals: [],
      freshPps: [],
      bytes: 0,
      pieces: 0,
      keyframe: false,
      damaged: false,
      headInDoubt: this.#afterLoss,
      hasSps: false,
      hasPps: false,
      arrivalMs: 0,
    };
    return this.#unit;
  }

  /** Something is missing or wrong: the unit that it belonged to is incomplete. */
  #broken(): void {
    this.#fragments = undefined;
    this.#needsKeyframe = true;
    if (this.#unit) this.#unit.damaged = true;
  }

  #payload(unit: Unit, payload: Buffer): void {
    try {
      // forbidden_zero_bit says that the unit has errors (RFC 6184 §1.3).
      if ((payload.readUInt8(0) & 0x80) !== 0) throw new Malformed('a NAL unit with the F bit');
      const type = nalType(payload);
      if (type === NAL_TYPE.fuA) this.#fragment(unit, payload);
      else if (this.#fragments) throw new Malformed('a fragmented NAL unit without its end');
      else if (type === NAL_TYPE.stapA) this.#aggregate(unit, payload);
      else if (type >= 1 && type <= 23) this.#nal(unit, payload);
      else throw new Malformed(`NAL unit type ${type} has no place in packetization mode 1`);
    } catch (cause) {
      if (!(cause instanceof Malformed)) throw cause;
      this.#refuse(cause);
      this.#broken();
    }
  }

  #refuse(cause: Malformed): void {
    this.#stats.malformed += 1;
    if (!(cause instanceof UnsupportedPicture)) return;
    this.#isUnsupported = true;
    this.#isAnswered = true;
  }

  /** RFC 6184 §5.7.1 */
  #aggregate(unit: Unit, payload: Buffer): void {
    const reader = new ByteReader(payload, 1);
    while (reader.remaining > 0) {
      const nal = reader.bytes(reader.u16());
      if (nal.length === 0) throw new Malformed('an empty NAL unit in a STAP-A');
      this.#nal(unit, nal);
    }
  }

  /** RFC 6184 §5.8 */
  #fragment(unit: Unit, payload: Buffer): void {
    // For every packet: a reader of its own would cost as much as the rest.
    const [indicator, flags] = [payload[0], payload[1]];
    if (indicator === undefined || flags === undefined) throw new Malformed('a fragment that is cut off');
    const header = (indicator & 0xe0) | (flags & 0x1f);
    const [start, end] = [(flags & 0x80) !== 0, (flags & 0x40) !== 0];
    if (start) {
      if (this.#fragments) throw new Malformed('a fragmented NAL unit without its end');
      this.#fragments = { header, parts: [] };
    }
    const fragments = this.#fragments;
    if (!fragments) {
      // The beginning was lost, which is no fault of the sender's.
      const wasLost = unit.damaged || unit.headInDoubt;
      unit.damaged = true;
      if (wasLost) return;
      throw new Malformed('a fragment without a beginning');
    }
    if (fragments.header !== header) throw new Malformed('fragments of two NAL units mixed');
    const part = payload.subarray(2);
    count(unit, part.length);
    fragments.parts.push(part);
    if (!end) return;
    this.#fragments = undefined;
    this.#whole(unit, Buffer.concat([Buffer.of(fragments.header), ...fragments.parts]));
  }

  #nal(unit: Unit, nal: Buffer): void {
    count(unit, nal.length);
    this.#whole(unit, nal);
  }

  #whole(unit: Unit, nal: Buffer): void {
    const type = nalType(nal);
    if (type === NAL_TYPE.sps) {
      this.#sets.take(nal);
      unit.hasSps = true;
    } else if (type === NAL_TYPE.pps) {
      if (this.#sets.take(nal)) unit.freshPps.push(nal);
      unit.hasPps = true;
    } else if (type >= NAL_TYPE.slice && type <= NAL_TYPE.sei) {
      if (type === NAL_TYPE.idr) unit.keyframe = true;
      // A damaged unit is never released: only what it says of parameter sets is of use.
      if (!unit.damaged) unit.nals.push(nal);
    }
    this.#setsInBand ||= unit.hasSps && unit.hasPps;
  }

  #outOfBand(nal: Buffer): void {
    if (nal.length === 0) return;
    const type = nalType(nal);
    if (type !== NAL_TYPE.sps && type !== NAL_TYPE.pps) return;
    try {
      this.#sets.take(nal);
    } catch (cause) {
      if (!(cause instanceof Malformed)) throw cause;
      this.#refuse(cause);
    }
  }

  #end(units: AccessUnit[]): void {
    const unit = this.#unit;
    this.#unit = undefined;
    if (!unit) return;
    if (this.#fragments) {
      this.#fragments = undefined;
      this.#stats.malformed += 1;
      unit.damaged = true;
    }
    const slice = unit.nals.find(isSlice);
    if (!slice && !unit.damaged) return;
    const released = slice && !unit.damaged ? this.#decodable(unit, slice) : undefined;
    if (!released) {
      this.#stats.dropped += 1;
      this.#needsKeyframe = true;
      return;
    }
    this.#needsKeyframe = false;
    this.#isUnsupported = false;
    this.#isAnswered = false;
    this.#stats.released += 1;
    if (released.keyframe) this.#stats.keyframes += 1;
    units.push(released);
  }

  /** The unit as it is released, or undefined when it would not decode. */
  #decodable(unit: Unit, slice: Buffer): AccessUnit | undefined {
    const { arrivalMs, keyframe, nals, timestamp } = unit;
    if (keyframe) this.#active = this.#setsOf(unit, slice);
    else if (this.#needsKeyframe) return undefined;
    if (!this.#active) return undefined;
    const { others, pps, sps } = this.#active;
    const inFront = keyframe ? [] : unit.freshPps;
    const all = inFront.length === 0 ? nals : [...inFront, ...nals];
    const otherPps = keyframe && others.length > 0 ? { otherPps: others } : {};
    return { timestamp, nals: all, keyframe, sps, pps, ...otherPps, arrivalMs };
  }

  /**
   * The sets that a keyframe is decoded with. After a loss its own beginning may be missing: it is whole when it begins
   * with macroblock 0, and brings the sets, if this sender puts them in band at all. Old ones may be of another size.
   */
  #setsOf(unit: Unit, slice: Buffer): ActiveSets | undefined {
    try {
      const { firstMacroblock, ppsId } = parseSliceStart(slice);
      const setsMissing = this.#setsInBand && !(unit.hasSps && unit.hasPps);
      if (unit.headInDoubt && (firstMacroblock !== 0 || setsMissing)) return undefined;
      return this.#sets.for(ppsId);
    } catch (cause) {
      if (!(cause instanceof Malformed)) throw cause;
      this.#stats.malformed += 1;
      return undefined;
    }
  }
}

/** @throws Malformed when the unit grows beyond its bounds; what it held is let go of */
function count(unit: Unit, bytes: number): void {
  unit.bytes += bytes;
  unit.pieces += 1;
  if (unit.bytes <= MAX_UNIT_BYTES && unit.pieces <= MAX_UNIT_PIECES) return;
  unit.nals = [];
  throw new Malformed(`an access unit of ${unit.bytes} bytes in ${unit.pieces} pieces`);
}
