import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { nameOfSource, readSource } from '#store/file-source.ts';
import { MANIFEST_ENTRY, SUMS_ENTRY, type ZipPlan } from './plan.ts';
import { StoredZip, zipLength } from './stored-zip.ts';

const SHA256_HEX_LENGTH = 64;

type PlannedFile = ZipPlan['files'][number];

/** How long the ZIP of a plan will be, in bytes. */
export function plannedLength({ files, manifest }: ZipPlan): number {
  const names = [...files.map(({ name }) => name), MANIFEST_ENTRY];
  const sumsBytes = names.reduce((all, name) => all + SHA256_HEX_LENGTH + 3 + Buffer.byteLength(name), 0);
  const own = [
    { name: MANIFEST_ENTRY, bytes: Buffer.byteLength(manifest) },
    { name: SUMS_ENTRY, bytes: sumsBytes },
  ];
  return zipLength([...files, ...own]);
}

/**
 * A ZIP whose files are stored as they are, since media does not shrink: so its length is known beforehand, and memory
 * stays the same at any size. The sums come last, for `sha256sum -c SHA256SUMS`.
 * @param computing told now and then while nothing comes, because a file is read for its CRC before it is read to be sent
 * @throws Error when a file is not what its CRC is of: the ZIP must not end as if it were whole
 */
export async function* buildZip(plan: ZipPlan, computing: () => void): AsyncGenerator<Buffer> {
  const zip = new StoredZip(plan.modified);
  const lines: string[] = [];
  for (const file of plan.files) {
    const { bytes, name } = file;
    const expected =
      file.crc32 === undefined ? await crcOf(file, computing) : Number.parseInt(file.crc32, 16);
    yield zip.entry({ name, bytes, crc32: expected });
    const hash = createHash('sha256');
    let crc = 0;
    for await (const chunk of contentOf(file)) {
      crc = crc32(chunk, crc);
      if (file.sha256 === undefined) hash.update(chunk);
      yield chunk;
    }
    if (crc !== expected)
      throw new Error(`${nameOfSource(file.source)} is not what it was when its sums were made.`);
    lines.push(`${file.sha256 ?? hash.digest('hex')}  ${name}\n`);
  }
  const manifest = Buffer.from(plan.manifest);
  lines.push(`${createHash('sha256').update(manifest).digest('hex')}  ${MANIFEST_ENTRY}\n`);
  const sums = Buffer.from(lines.join(''));
  for (const [name, content] of [
    [MANIFEST_ENTRY, manifest],
    [SUMS_ENTRY, sums],
  ] as const) {
    yield zip.entry({ name, bytes: content.length, crc32: crc32(content) });
    yield content;
  }
  yield zip.end();
}

async function crcOf(file: PlannedFile, computing: () => void): Promise<number> {
  let crc = 0;
  for await (const chunk of contentOf(file)) {
    crc = crc32(chunk, crc);
    computing();
  }
  return crc;
}

/** Of a file that has grown since, exactly the promised bytes are taken. @throws Error when there are fewer */
async function* contentOf({ bytes, source }: PlannedFile): AsyncGenerator<Buffer> {
  if (bytes === 0) return;
  let left = bytes;
  for await (const chunk of readSource(source, bytes)) {
    left -= (chunk as Buffer).length;
    yield chunk as Buffer;
  }
  if (left > 0) throw new Error(`${nameOfSource(source)} ends ${left} bytes early.`);
}
