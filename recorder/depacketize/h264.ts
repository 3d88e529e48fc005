import { ByteReader } from '../bytes/byte-reader.ts';
import { Malformed } from '../bytes/malformed.ts';
import type { OrderedItem } from '../rtp/rtp-receiver.ts';

/** A picture, whole: all slices of one access unit. */
export interface AccessUnit {
  /** Widened RTP timestamp, 90 kHz ticks. */
  timestamp: number;
  /** NAL units without AUD, parameter sets and filler. */
  nals: Buffer[];
  /** True for an IDR picture: decoding can begin here. */
  keyframe: boolean;
  sps: Buffer;
  pps: Buffer;
  /** When its last packet arrived. */
  arrivalMs: number;
}

export interface H264Stats {
  units: number;
  keyframes: number;
  /** Units that were incomplete, or came after a loss and before the next keyframe. */
  dropped: number;
  malformed: number;
}

const NAL = { slice: 1, idr: 5, sei: 6, sps: 7, pps: 8, aud: 9, stapA: 24, fuA: 28 };
/** A unit larger than this is dropped: 4K keyframes stay far below. */
export const MAX_UNIT_BYTES = 8 * 1024 * 1024;

/** A fragmented NAL unit on its way (RFC 6184 §5.8). */
interface Fragments {
  header: number;
  parts: Buffer[];
}

interface Unit {
  timestamp: number;
  nals: Buffer[];
  bytes: number;
  keyframe: boolean;
  damaged: boolean;
  arrivalMs: number;
}

/**
 * RFC 6184, packetization modes 0 and 1: single NAL units, STAP-A, FU-A. Releases whole access units only, and after a
 * loss none before the next keyframe: what refers to a lost picture decodes to garbage.
 */
export class H264Depacketizer {
  readonly #stats: H264Stats = { units: 0, keyframes: 0, dropped: 0, malformed: 0 };
  #sps: Buffer | undefined;
  #pps: Buffer | undefined;
  #unit: Unit | undefined;
  #fragments: Fragments | undefined;
  #needsKeyframe = true;

  /** @param options.spropParameterSets out-of-band parameter sets (RFC 6184 §8.1), base64, comma-separated */
  constructor(options: { spropParameterSets?: string } = {}) {
    for (const set of (options.spropParameterSets ?? '').split(','))
      this.#parameterSet(Buffer.from(set, 'base64'));
  }

  /** True from the start, and from a loss, until the next keyframe. */
  get needsKeyframe(): boolean {
    return this.#needsKeyframe;
  }

  stats(): H264Stats {
    return { ...this.#stats };
  }

  push(item: OrderedItem): AccessUnit[] {
    if (item.type !== 'packet') {
      this.#broken();
      return [];
    }
    const units: AccessUnit[] = [];
    if (this.#unit && this.#unit.timestamp !== item.timestamp) this.#end(units);
    // Chromium probes the bandwidth with packets of padding alone.
    if (item.payload.length > 0) {
      const unit = this.#open(item.timestamp);
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
    this.#unit ??= { timestamp, nals: [], bytes: 0, keyframe: false, damaged: false, arrivalMs: 0 };
    return this.#unit;
  }

  /** Packets are missing: the unit they may have belonged to is incomplete. */
  #broken(): void {
    this.#fragments = undefined;
    this.#needsKeyframe = true;
    if (this.#unit) this.#unit.damaged = true;
  }

  #payload(unit: Unit, payload: Buffer): void {
    try {
      const type = payload.readUInt8(0) & 0x1f;
      if (type === NAL.fuA) this.#fragment(unit, payload);
      else if (type === NAL.stapA) this.#aggregate(unit, payload);
      else if (type >= 1 && type <= 23) this.#nal(unit, payload);
      else throw new Malformed(`NAL unit type ${type} has no place in packetization mode 1`);
    } catch (cause) {
      if (!(cause instanceof Malformed)) throw cause;
      this.#stats.malformed += 1;
      this.#broken();
    }
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
    const reader = new ByteReader(payload);
    const indicator = reader.u8();
    const header = reader.u8();
    const [start, end] = [(header & 0x80) !== 0, (header & 0x40) !== 0];
    if (start) {
      if (this.#fragments) throw new Malformed('a fragmented NAL unit without its end');
      this.#fragments = { header: (indicator & 0xe0) | (header & 0x1f), parts: [] };
    }
    const fragments = this.#fragments;
    // The beginning was lost, and the unit is marked as damaged.
    if (!fragments) {
      if (unit.damaged || this.#needsKeyframe) {
        unit.damaged = true;
        return;
      }
      throw new Malformed('a fragment without a beginning');
    }
    fragments.parts.push(reader.rest());
    if (!end) return;
    this.#fragments = undefined;
    this.#nal(unit, Buffer.concat([Buffer.of(fragments.header), ...fragments.parts]));
  }

  #nal(unit: Unit, nal: Buffer): void {
    const type = nal.readUInt8(0) & 0x1f;
    if (type === NAL.sps || type === NAL.pps) this.#parameterSet(nal);
    else if (type >= NAL.slice && type <= NAL.sei) {
      if (type === NAL.idr) unit.keyframe = true;
      unit.bytes += nal.length;
      if (unit.bytes > MAX_UNIT_BYTES)
        throw new Malformed(`an access unit of more than ${MAX_UNIT_BYTES} bytes`);
      unit.nals.push(nal);
    }
  }

  #parameterSet(nal: Buffer): void {
    const type = (nal[0] ?? 0) & 0x1f;
    // A parameter set outlives its datagram by far, and is small: it must not keep the datagram in memory.
    if (type === NAL.sps && !this.#sps?.equals(nal)) this.#sps = Buffer.from(nal);
    else if (type === NAL.pps && !this.#pps?.equals(nal)) this.#pps = Buffer.from(nal);
  }

  #end(units: AccessUnit[]): void {
    const unit = this.#unit;
    this.#unit = undefined;
    if (this.#fragments) {
      this.#fragments = undefined;
      this.#stats.malformed += 1;
      this.#needsKeyframe = true;
      if (unit) unit.damaged = true;
    }
    if (!unit?.nals.some(isSlice)) return;
    const decodable = unit.keyframe || !this.#needsKeyframe;
    if (unit.damaged || !decodable || !this.#sps || !this.#pps) {
      this.#stats.dropped += 1;
      this.#needsKeyframe = true;
      return;
    }
    this.#needsKeyframe = false;
    this.#stats.units += 1;
    if (unit.keyframe) this.#stats.keyframes += 1;
    const { arrivalMs, keyframe, nals, timestamp } = unit;
    units.push({ timestamp, nals, keyframe, sps: this.#sps, pps: this.#pps, arrivalMs });
  }
}

function isSlice(nal: Buffer): boolean {
  const type = nal.readUInt8(0) & 0x1f;
  return type >= NAL.slice && type <= NAL.idr;
}
