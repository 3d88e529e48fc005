/** nal_unit_type (ISO/IEC 14496-10 table 7-1), and what RFC 6184 §5.2 adds. */
export const NAL_TYPE = { slice: 1, idr: 5, sei: 6, sps: 7, pps: 8, stapA: 24, fuA: 28 } as const;

/** @param nal not empty */
export function nalType(nal: Buffer): number {
  return nal.readUInt8(0) & 0x1f;
}

/** Slices and slice data partitions: what makes a picture. */
export function isSlice(nal: Buffer): boolean {
  const type = nalType(nal);
  return type >= NAL_TYPE.slice && type <= NAL_TYPE.idr;
}
