/** Readers that know no ZIP64 take fields below these (APPNOTE 6.3.10 §4.4.8, §4.4.21); at them, ZIP64 has the number. */
const NO_UINT32 = 0xffffffff;
const NO_UINT16 = 0xffff;

/** §4.4.2: of Unix, so that permissions are believed; by the letter of version 4.5, which has ZIP64. */
const MADE_BY = (3 << 8) | 45;
const [NEEDS_FOLDERS, NEEDS_ZIP64] = [20, 45];
/** §4.4.4: names are in UTF-8. Bit 3 is not set: sizes and sum stand before what they are of, where a stream is read. */
const FLAGS = 1 << 11;
/** A regular file that its owner writes and everybody reads. */
const ATTRIBUTES = (0o100644 << 16) >>> 0;
const ZIP64_TAG = 0x0001;
/** Info-ZIP's extended timestamp: seconds of UTC, where the fields of MS-DOS have the time of some place. */
const TIME_TAG = 0x5455;
const TIME_IS_MODIFICATION = 1;

/** A file in a ZIP. */
export interface ZipEntry {
  name: string;
  bytes: number;
  /** Of its content (ISO 3309), unsigned. */
  crc32: number;
}

/** When everything in a ZIP was modified. */
export interface ZipTime {
  epochMs: number;
  /** The same on the clocks of a place: `2026-11-22 10-00-05`. */
  local: string;
}

/**
 * What stands in a ZIP around files that are stored as they are: before each its header, after the last one the directory.
 * Nothing follows a file that a reader would need for it: so a ZIP can be unpacked while it comes, which Java's ZipInputStream
 * refuses of stored files with their sizes behind them.
 */
export class StoredZip {
  readonly #time: Buffer;
  readonly #timeField: Buffer;
  readonly #directory: Buffer[] = [];
  #bytes = 0;

  constructor(time: ZipTime) {
    this.#time = dosTime(time.local);
    const seconds = Math.min(0x7fffffff, Math.max(0, Math.floor(time.epochMs / 1000)));
    this.#timeField = joined(uint16(TIME_TAG), uint16(5), Buffer.of(TIME_IS_MODIFICATION), uint32(seconds));
  }

  /** What stands before this file's content, which is expected to follow. */
  entry({ bytes, crc32, name }: ZipEntry): Buffer {
    const offset = this.#bytes;
    const nameBytes = Buffer.from(name);
    const isLarge = bytes >= NO_UINT32;
    const size = uint32(isLarge ? NO_UINT32 : bytes);
    // §4.5.3: in a local header both sizes must be there.
    const largeSizes = isLarge ? [uint64(bytes), uint64(bytes)] : [];
    const about = (fields: Buffer[], needs: number) => {
      const extra = joined(zip64Field(fields), this.#timeField);
      const common = joined(uint16(needs), uint16(FLAGS), uint16(0), this.#time, uint32(crc32), size, size);
      return { extra, common: joined(common, uint16(nameBytes.length), uint16(extra.length)) };
    };
    const local = about(largeSizes, isLarge ? NEEDS_ZIP64 : NEEDS_FOLDERS);
    const head = joined(Buffer.from('PK\x03\x04'), local.common, nameBytes, local.extra);
    this.#bytes += head.length + bytes;

    const isFar = offset >= NO_UINT32;
    const far = isFar ? [uint64(offset)] : [];
    const central = about([...largeSizes, ...far], isLarge || isFar ? NEEDS_ZIP64 : NEEDS_FOLDERS);
    // No comment, the first disk, no text.
    const rest = joined(
      uint16(0),
      uint16(0),
      uint16(0),
      uint32(ATTRIBUTES),
      uint32(isFar ? NO_UINT32 : offset),
    );
    const signature = Buffer.from('PK\x01\x02');
    this.#directory.push(joined(signature, uint16(MADE_BY), central.common, rest, nameBytes, central.extra));
    return head;
  }

  /** What stands after the last file. */
  end(): Buffer {
    const directory = joined(...this.#directory);
    const [count, bytes, offset] = [this.#directory.length, directory.length, this.#bytes];
    const isLarge = count >= NO_UINT16 || bytes >= NO_UINT32 || offset >= NO_UINT32;
    const counted = uint16(Math.min(count, NO_UINT16));
    const where = joined(uint32(Math.min(bytes, NO_UINT32)), uint32(Math.min(offset, NO_UINT32)));
    const end = joined(Buffer.from('PK\x05\x06'), uint16(0), uint16(0), counted, counted, where, uint16(0));
    return isLarge ? joined(directory, zip64End(count, bytes, offset), end) : joined(directory, end);
  }
}

/** How long a ZIP of these will be, in bytes. */
export function zipLength(entries: readonly Omit<ZipEntry, 'crc32'>[]): number {
  const zip = new StoredZip({ epochMs: 0, local: '' });
  let bytes = 0;
  for (const entry of entries) bytes += zip.entry({ ...entry, crc32: 0 }).length + entry.bytes;
  return bytes + zip.end().length;
}

/** §4.5.3 */
function zip64Field(fields: readonly Buffer[]): Buffer {
  const content = joined(...fields);
  return content.length === 0 ? content : joined(uint16(ZIP64_TAG), uint16(content.length), content);
}

/** §4.3.14, §4.3.15 */
function zip64End(count: number, bytes: number, offset: number): Buffer {
  const versions = joined(uint16(MADE_BY), uint16(NEEDS_ZIP64));
  const numbers = joined(uint32(0), uint32(0), ...[count, count, bytes, offset].map(uint64));
  const content = joined(versions, numbers);
  const record = joined(Buffer.from('PK\x06\x06'), uint64(content.length), content);
  return joined(record, Buffer.from('PK\x06\x07'), uint32(0), uint64(offset + bytes), uint32(1));
}

/** §4.4.6: two seconds are the finest, 1980 the earliest. */
function dosTime(local: string): Buffer {
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = local.split(/[- ]/).map(Number);
  if (year < 1980 || year > 2107) return joined(uint16(0), uint16((1 << 5) | 1));
  const time = (hour << 11) | (minute << 5) | (second >> 1);
  return joined(uint16(time), uint16(((year - 1980) << 9) | (month << 5) | day));
}

const joined = (...parts: readonly Buffer[]) => Buffer.concat(parts);

function uint16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function uint64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}
