import type { Readable } from 'node:stream';

/** What can be known of a file without reading it. */
export interface FileFacts {
  bytes: number;
  modifiedAtMs: number;
  /** Differs whenever the content may differ; safe inside an ETag. */
  version: string;
}

/** An open file. The caller closes it; reads go on seeing this file even when its name is taken by another. */
export interface StoredFile extends FileFacts {
  /** Bytes `from` (included) to `to` (excluded); fails when the file turns out shorter. */
  read(from: number, to: number): Readable;
  close(): Promise<void>;
}

/**
 * Where recordings lie (design D11). Names are never trusted: what is not a recording id or a recording's file name
 * is answered as if it did not exist.
 */
export interface Store {
  /** Ids of all recordings, in order. */
  list(): Promise<string[]>;
  /** Undefined when there is no manifest (yet). */
  manifestVersion(recordingId: string): Promise<string | undefined>;
  readManifest(recordingId: string): Promise<{ text: string; version: string } | undefined>;
  stat(recordingId: string, name: string): Promise<FileFacts | undefined>;
  open(recordingId: string, name: string): Promise<StoredFile | undefined>;
}
