import type { Readable } from 'node:stream';
import type { Manifest } from '#protocol/manifest.ts';
import type { FileFacts } from './file-facts.ts';
import type { FileSource } from './file-source.ts';
import type { MadeFolder } from './layout.ts';
import type { StoredManifest } from './manifest-file.ts';

/** An open file. The caller closes it; reads go on seeing this file even when its name is taken by another. */
export interface StoredFile extends FileFacts {
  /** Bytes `from` (included) to `to` (excluded); fails when the file turns out shorter. */
  read(from: number, to: number): Readable;
  close(): Promise<void>;
}

/** Everything that there is, or only what is not as it was at the scan before. */
export type ScanExtent = 'all' | 'changes';

/** Files of a recording on this machine, for programs that need paths. */
export interface LocalFiles {
  /** In which they lie under their names; one that there is not is missing there, too. */
  folder: string;
  /** They may go again. */
  release(): Promise<void>;
}

export interface Scan {
  /** Recordings with the version of their manifest, the oldest first. */
  present: [recordingId: string, version: string][];
  /** Recordings that the scan before still saw. */
  removed: string[];
}

/**
 * Where recordings lie [D11]. Names are never trusted: what is not a recording id or a recording's file name
 * is answered as if it did not exist.
 */
export interface Store {
  /** Looks at the manifests of all recordings, without reading them. */
  scan(extent: ScanExtent): Promise<Scan>;
  /** Undefined when there is no manifest (yet). */
  manifestVersion(recordingId: string): Promise<string | undefined>;
  /** The same, with its size. */
  manifestFacts(recordingId: string): Promise<FileFacts | undefined>;
  /** @throws as `readManifest` (manifest-file.ts) does of one that there is */
  readManifest(recordingId: string): Promise<StoredManifest | undefined>;
  stat(recordingId: string, name: string): Promise<FileFacts | undefined>;
  open(recordingId: string, name: string): Promise<StoredFile | undefined>;
  /** Whether a recorder holds the right to write this recording now. */
  isOwned(recordingId: string): Promise<boolean>;
  /** Puts a whole file there that has so many bytes, also before there is a manifest that tells of it. @throws Error when it has more or fewer */
  putFile(recordingId: string, name: string, bytes: number, content: AsyncIterable<Buffer>): Promise<void>;
  /** After its files, the manifest of a recording that comes here from another store: now it is seen. */
  putManifest(recordingId: string, manifest: Manifest): Promise<void>;
  /** Replaces the manifest of a recording that is here as a whole, durably: a reader or a crash sees the old one or the new one. */
  writeManifest(recordingId: string, manifest: Manifest): Promise<void>;
  /** For processes of ours, which read it by themselves. @throws Fault `recording-not-found`, `file-not-found` for what is no name of one */
  sourceOf(recordingId: string, name: string): Promise<FileSource>;
  /** For programs that need paths: what is not on this machine is fetched. @throws Fault `recording-not-found`, or the reason of `signal` */
  localFiles(recordingId: string, names: readonly string[], signal: AbortSignal): Promise<LocalFiles>;
  /** Something made from the recording; undefined when it is not there. */
  openMade(recordingId: string, folder: MadeFolder, name: string): Promise<StoredFile | undefined>;
  /**
   * A folder of this machine for whatever is on its way to becoming this. What lies in it stays, over a restart too, until
   * `clearScratch`.
   * @throws Fault `recording-not-found`, `file-not-found` for what is no name of something made
   */
  openScratch(recordingId: string, folder: MadeFolder, name: string): Promise<string>;
  /** Takes a whole file out of its scratch folder, and puts it where `openMade` finds it. @returns its bytes */
  putMade(recordingId: string, folder: MadeFolder, name: string, path: string): Promise<number>;
  clearScratch(recordingId: string, folder: MadeFolder, name: string): Promise<void>;
  /** These remove what is there, answer with the bytes set free, and are content when there is nothing. */
  removeFile(recordingId: string, name: string): Promise<number>;
  removeMade(recordingId: string, folder: MadeFolder, name: string): Promise<number>;
  /** Everything of a recording, at once for readers; what a crash leaves over goes with the next `sweep`. */
  remove(recordingId: string): Promise<number>;
  /** All that was made from a recording. */
  listMade(recordingId: string): Promise<[folder: MadeFolder, name: string][]>;
  /** Ends removals that were cut short. */
  sweep(): Promise<void>;
  close(): Promise<void>;
}
