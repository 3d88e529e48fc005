import type { FileSource } from '#protocol/people.ts';
import type { Endpoint } from '#protocol/recorder.ts';
import type { Places } from '#service/places.ts';
import type { RecordedFile } from '../file/recorded-file.ts';
import type { WriteAllowance } from '../file/write-allowance.ts';
import type { Transcodes } from './video-path.ts';

export interface PersonHost {
  /** Our clock. */
  nowMs(): number;
  /** The SFU's clock minus ours. */
  sfuOffsetMs(): number;
  /** Since when their connection is lost, on the SFU's clock; undefined while they are there. */
  awaySinceMs(connectionId: string): number | undefined;
  /** @throws Fault `recording-full` */
  openFile(connectionId: string, source: FileSource, allowance: WriteAllowance): RecordedFile;
  /** Something threw that is no fault of a file's. */
  unforeseen(cause: unknown): void;
  readonly transcodes: Transcodes;
  /** Of people recorded at once. */
  readonly places: Pick<Places, 'take' | 'give'>;
}

/** The person's socket: RTP and RTCP of all their streams, from and to the SFU's transport alone. */
export interface PersonSocket {
  readonly endpoint: Endpoint;
  /** Datagrams from anywhere else. */
  readonly strangers: number;
  connect(from: Endpoint): void;
  send(datagram: Buffer): void;
  /** Whether so much has come since this was asked last that more may lie there. */
  mayHoldMore(): boolean;
  close(): void;
}
