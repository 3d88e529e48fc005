import type { ByteReader } from '../bytes/byte-reader.ts';
import { Malformed } from '../bytes/malformed.ts';

/** Values that script data can hold (AMF 0 specification §2; FLV E.4.4.2). */
export type AmfValue = number | boolean | string | Date | AmfValue[] | { [key: string]: AmfValue };

const MARKER = {
  number: 0,
  boolean: 1,
  string: 2,
  object: 3,
  ecmaArray: 8,
  objectEnd: 9,
  strictArray: 10,
  date: 11,
};
/** Deeper nesting is no metadata. */
const MAX_DEPTH = 8;

export function encodeAmf(value: AmfValue): Buffer {
  if (typeof value === 'number') return number(MARKER.number, value);
  if (typeof value === 'boolean') return Buffer.of(MARKER.boolean, value ? 1 : 0);
  if (typeof value === 'string') return Buffer.concat([Buffer.of(MARKER.string), key(value)]);
  if (value instanceof Date) return Buffer.concat([number(MARKER.date, value.getTime()), Buffer.alloc(2)]);
  if (isNumbers(value)) return numbers(value);
  if (Array.isArray(value))
    return Buffer.concat([counted(MARKER.strictArray, value.length), ...value.map(encodeAmf)]);
  return Buffer.concat([Buffer.of(MARKER.object), ...encodeProperties(value)]);
}

/** onMetaData is an ECMA array: an object that says how many properties it has. */
export function encodeEcmaArray(value: Record<string, AmfValue>): Buffer {
  return Buffer.concat([counted(MARKER.ecmaArray, Object.keys(value).length), ...encodeProperties(value)]);
}

/** @throws Malformed */
export function parseAmf(reader: ByteReader, depth = 0): AmfValue {
  if (depth > MAX_DEPTH) throw new Malformed('script data is nested too deeply');
  const marker = reader.u8();
  switch (marker) {
    case MARKER.number:
      return reader.f64();
    case MARKER.boolean:
      return reader.u8() !== 0;
    case MARKER.string:
      return parseKey(reader);
    case MARKER.object:
      return objectOf(properties(reader, depth));
    case MARKER.ecmaArray:
      reader.skip(4);
      return objectOf(properties(reader, depth));
    case MARKER.strictArray:
      return parseArray(reader, depth);
    case MARKER.date: {
      const date = new Date(reader.f64());
      reader.skip(2);
      return date;
    }
    default:
      throw new Malformed(`AMF0 marker ${marker}`);
  }
}

/** The properties of an object, one by one: what stands before a broken one can be used. @throws Malformed there */
export function* readAmfProperties(reader: ByteReader): Generator<[string, AmfValue]> {
  const marker = reader.u8();
  if (marker === MARKER.ecmaArray) reader.skip(4);
  else if (marker !== MARKER.object) throw new Malformed(`AMF0 marker ${marker} for an object`);
  yield* properties(reader, 0);
}

function number(marker: number, value: number): Buffer {
  const bytes = Buffer.alloc(9);
  bytes.writeUInt8(marker, 0);
  bytes.writeDoubleBE(value, 1);
  return bytes;
}

function isNumbers(value: AmfValue): value is number[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'number');
}

/** At one go: the index of a file is four thousand of them, and is written while others wait for their packets. */
function numbers(value: readonly number[]): Buffer {
  const bytes = Buffer.alloc(5 + 9 * value.length, MARKER.number);
  counted(MARKER.strictArray, value.length).copy(bytes);
  value.forEach((item, index) => {
    bytes.writeDoubleBE(item, 5 + 9 * index + 1);
  });
  return bytes;
}

function counted(marker: number, count: number): Buffer {
  const bytes = Buffer.alloc(5);
  bytes.writeUInt8(marker, 0);
  bytes.writeUInt32BE(count, 1);
  return bytes;
}

function key(text: string): Buffer {
  const bytes = Buffer.from(text, 'utf8').subarray(0, 0xffff);
  const length = Buffer.alloc(2);
  length.writeUInt16BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

function encodeProperties(value: Record<string, AmfValue>): Buffer[] {
  const pairs = Object.entries(value).flatMap(([name, item]) => [key(name), encodeAmf(item)]);
  return [...pairs, Buffer.of(0, 0, MARKER.objectEnd)];
}

function parseKey(reader: ByteReader): string {
  return reader.bytes(reader.u16()).toString('utf8');
}

function* properties(reader: ByteReader, depth: number): Generator<[string, AmfValue]> {
  for (;;) {
    const name = parseKey(reader);
    if (name === '') {
      if (reader.u8() !== MARKER.objectEnd) throw new Malformed('an AMF0 object does not end');
      return;
    }
    yield [name, parseAmf(reader, depth + 1)];
  }
}

function objectOf(pairs: Iterable<[string, AmfValue]>): Record<string, AmfValue> {
  // Without a prototype, so that a property named __proto__ is a property.
  const value: Record<string, AmfValue> = Object.create(null);
  for (const [name, item] of pairs) value[name] = item;
  return value;
}

function parseArray(reader: ByteReader, depth: number): AmfValue[] {
  const count = reader.u32();
  // Each element takes a byte at least: a count beyond the data is caught before memory is taken for it.
  if (count > reader.remaining)
    throw new Malformed(`an AMF0 array of ${count} elements in ${reader.remaining} bytes`);
  return Array.from({ length: count }, () => parseAmf(reader, depth + 1));
}
