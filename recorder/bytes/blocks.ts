/** What a camera of 1.5 Mbit/s and its sound bring between two writes fits into one block. */
export const BLOCK_BYTES = 64 * 1024;
/** Blocks kept for whoever needs one next, 8 MiB; what only a slow disk needed is let go of. */
const MAX_SPARE = 128;
const spare: Buffer[] = [];

/** A block of BLOCK_BYTES with anything in it. */
export function takeBlock(): Buffer {
  // Not out of Node's own pool, which would keep other things alive with it.
  return spare.pop() ?? Buffer.allocUnsafeSlow(BLOCK_BYTES);
}

/** For whoever needs one next: nobody may look at it any more. */
export function giveBlock(block: Buffer): void {
  if (spare.length < MAX_SPARE) spare.push(block);
}
