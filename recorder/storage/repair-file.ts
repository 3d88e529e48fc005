import { open } from 'node:fs/promises';
import { type FlvRepair, planRepair } from '../flv/flv-repair.ts';

/**
 * Makes a file that a crash cut off whole again: cuts it at its last whole tag and patches the index. Answers
 * undefined, and leaves the file as it is, when it holds no tag at all.
 */
export async function repairFile(path: string): Promise<FlvRepair | undefined> {
  const handle = await open(path, 'r+');
  try {
    const { size } = await handle.stat();
    const plan = await planRepair({
      size,
      async read(offset, length) {
        const bytes = Buffer.alloc(length);
        const { bytesRead } = await handle.read(bytes, 0, length, offset);
        return bytes.subarray(0, bytesRead);
      },
    });
    if (!plan) return undefined;
    await handle.truncate(plan.truncateTo);
    if (plan.patch) await handle.write(plan.patch.bytes, 0, plan.patch.bytes.length, plan.patch.offset);
    await handle.datasync();
    return plan;
  } finally {
    await handle.close();
  }
}
