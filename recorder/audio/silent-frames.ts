/**
 * A frame of silence as our encoder itself makes it once it has settled: the same bytes whatever its settings, since nothing in
 * it is coded. Held here, so that a file can be silent before any worker works, and while none does.
 */
export const SILENT_FRAMES: Record<1 | 2, Buffer> = {
  1: Buffer.from('01182007', 'hex'),
  2: Buffer.from('211004608c1c', 'hex'),
};
