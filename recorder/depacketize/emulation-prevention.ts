/** The bytes of a NAL unit without emulation prevention: 00 00 03 becomes 00 00 (ISO/IEC 14496-10 §7.4.1). */
export function removeEmulationPrevention(nal: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(nal.length);
  let length = 0;
  let zeros = 0;
  for (const byte of nal) {
    if (zeros >= 2 && byte === 3) {
      zeros = 0;
      continue;
    }
    zeros = byte === 0 ? zeros + 1 : 0;
    bytes[length] = byte;
    length += 1;
  }
  return bytes.subarray(0, length);
}

/** Inserts 03 where the bytes would look like a start code. */
export function insertEmulationPrevention(rbsp: Uint8Array): Buffer {
  const bytes = Buffer.alloc(Math.ceil((rbsp.length * 3) / 2) + 1);
  let length = 0;
  let zeros = 0;
  for (const byte of rbsp) {
    if (zeros >= 2 && byte <= 3) {
      bytes[length] = 3;
      length += 1;
      zeros = 0;
    }
    zeros = byte === 0 ? zeros + 1 : 0;
    bytes[length] = byte;
    length += 1;
  }
  return bytes.subarray(0, length);
}
