import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { Readable, Transform } from 'node:stream';
import { ZipFile } from 'yazl';
import { MANIFEST_ENTRY, SUMS_ENTRY, type ZipPlan } from './plan.ts';

const SHA256_HEX_LENGTH = 64;

/**
 * A ZIP whose files are stored as they are, since media does not shrink: so its length is known beforehand, and memory
 * stays the same at any size. The sums come last, for `sha256sum -c SHA256SUMS`.
 */
export function buildZip(plan: ZipPlan): { output: Readable; bytes: Promise<number> } {
  const zip = new ZipFile();
  const options = { compress: false, mtime: new Date(plan.modifiedAtMs) };
  const lines: string[] = [];
  const sum = (name: string, sha256: string) => lines.push(`${sha256}  ${name}\n`);
  for (const { bytes, name, path, sha256 } of plan.files) {
    zip.addReadStreamLazy(name, { ...options, size: bytes }, (take) => {
      const hash = createHash('sha256');
      // Of a file that has grown since, exactly the promised bytes are taken.
      const source = bytes === 0 ? Readable.from([]) : createReadStream(path, { end: bytes - 1 });
      const hashed = source.pipe(hashing(hash));
      source.on('error', (cause: Error) => hashed.destroy(cause));
      hashed.on('end', () => sum(name, sha256 ?? hash.digest('hex')));
      take(null, hashed);
    });
  }
  const manifest = Buffer.from(plan.manifest);
  zip.addBuffer(manifest, MANIFEST_ENTRY, options);
  const names = [...plan.files.map(({ name }) => name), MANIFEST_ENTRY];
  const sumsBytes = names.reduce((all, name) => all + SHA256_HEX_LENGTH + 3 + Buffer.byteLength(name), 0);
  zip.addReadStreamLazy(SUMS_ENTRY, { ...options, size: sumsBytes }, (take) => {
    sum(MANIFEST_ENTRY, createHash('sha256').update(manifest).digest('hex'));
    take(null, Readable.from([Buffer.from(lines.join(''))]));
  });
  // Its declared type forgets that the callback is told the length.
  const bytes = new Promise<number>((resolve) =>
    zip.end({ forceZip64Format: false, comment: '' }, resolve as () => void),
  );
  zip.on('error', (cause: Error) => (zip.outputStream as Readable).destroy(cause));
  return { output: zip.outputStream as Readable, bytes };
}

function hashing(hash: Hash): Transform {
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      done(null, chunk);
    },
  });
}
