import { closeSync, openSync, writeSync } from 'node:fs';
import { Malformed } from '#recorder/bytes/malformed.ts';
import { planRepair } from '#recorder/flv/flv-repair.ts';
import { remakeInAac } from '#recorder/remake.ts';
import { Pieces } from './pieces.ts';
import { WindowedFile } from './windowed-file.ts';

/**
 * Makes an FLV with AAC, for every player, of one that keeps Opus: complete, with its index.
 * @param report how much is done, 0 to 1. @throws Malformed
 */
export async function writeInAac(
  paths: { source: string; target: string },
  report: (done: number) => void,
): Promise<void> {
  const source = new WindowedFile(paths.source);
  const target = openSync(paths.target, 'w');
  try {
    const out = new Pieces(target);
    for await (const { chunks, end } of remakeInAac(source)) {
      for (const chunk of chunks) out.push(chunk);
      report(end / source.size);
    }
    out.flush();
    const made = new WindowedFile(paths.target);
    const repair = await planRepair(made);
    made.close();
    if (!repair?.patch) throw new Malformed('a file without media');
    writeSync(target, repair.patch.bytes, 0, repair.patch.bytes.length, repair.patch.offset);
  } finally {
    closeSync(target);
    source.close();
  }
}
