import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The descriptor under which a worker finds its note: the first behind its standard ones and its channel. */
export const NOTE_DESCRIPTOR = 4;
const NOTE_BYTES = 4;
const NOBODY = 0;

/**
 * What a worker works on, written down before the packets of each stream: whoever crashes cannot tell any more whose packet
 * it was. A file without a name, which lasts as long as somebody has it open.
 */
export class WorkNote {
  readonly descriptor: number;

  constructor() {
    const folder = mkdtempSync(join(tmpdir(), 'verbatim-audio-'));
    this.descriptor = openSync(join(folder, 'note'), 'w+');
    rmSync(folder, { recursive: true });
  }

  /** The stream that was being worked on; undefined: none was. */
  read(): number | undefined {
    const bytes = Buffer.alloc(NOTE_BYTES);
    const length = readSync(this.descriptor, bytes, 0, NOTE_BYTES, 0);
    const stream = length === NOTE_BYTES ? bytes.readUInt32LE() : NOBODY;
    return stream === NOBODY ? undefined : stream;
  }

  close(): void {
    closeSync(this.descriptor);
  }
}

const note = Buffer.alloc(NOTE_BYTES);

/** In a worker: from now on it works on this stream, or on none. */
export function noteWork(stream: number | undefined): void {
  note.writeUInt32LE((stream ?? NOBODY) >>> 0);
  writeSync(NOTE_DESCRIPTOR, note, 0, NOTE_BYTES, 0);
}
