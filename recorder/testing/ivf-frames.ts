const IVF_HEADER_BYTES = 32;
const IVF_FRAME_HEADER_BYTES = 12;

/** The pictures of an IVF file. */
export function ivfFrames(ivf: Buffer): Buffer[] {
  const frames: Buffer[] = [];
  for (let offset = IVF_HEADER_BYTES; offset < ivf.length; ) {
    const start = offset + IVF_FRAME_HEADER_BYTES;
    const end = start + ivf.readUInt32LE(offset);
    frames.push(ivf.subarray(start, end));
    offset = end;
  }
  return frames;
}
