import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The descriptor under which a worker finds its note: the first behind its standard ones and its channel. */
export const NOTE_DESCRIPTOR = 4;
/** The stream, and the number of the step. */
const NOTE_BYTES = 8;
const NOBODY = 0;

/**
 * What a worker works on, written down before the packets of each stream: whoever crashes cannot tell any more whose packet
 * it was, and whoever is in the middle of much work does not answer, but gets on. A file without a name, which lasts as long as
 * somebody has it open.
 */
export class WorkNote {
  readonly descriptor: number;

  constructor() {
    const folder = mkdtempSync(join(tmpdir(), 'verbatim-audio-'));
    this.descriptor = openSync(join(folder, 'note'), 'w+');
    rmSync(folder, { recursive: true });
  }

  /** The stream that is being worked on, undefined for none, and how many steps were begun (they wrap). */
  read(): { stream: number | undefined; steps: number } {
    const bytes = Buffer.alloc(NOTE_BYTES);
    readSync(this.descriptor, bytes, 0, NOTE_BYTES, 0);
    const stream = bytes.readUInt32LE();
    return { stream: stream === NOBODY ? undefined : stream, steps: bytes.readUInt32LE(4) };
  }

  close(): void {
    closeSync(this.descriptor);
  }
}

const note = Buffer.alloc(NOTE_BYTES);
let steps = 0;

/** In a worker: from now on it works on this stream, or on none. */
export function noteWork(stream: number | undefined): void {
  steps = (steps + 1) >>> 0;
  note.writeUInt32LE((stream ?? NOBODY) >>> 0);
  note.writeUInt32LE(steps, 4);
  writeSync(NOTE_DESCRIPTOR, note, 0, NOTE_BYTES, 0);
}
