import type { RecordedStream } from '#protocol/recorder.ts';
import type { Places } from '#service/places.ts';
import type { OpenFile } from '../file/file-line.ts';
import type { Clocks } from '../timeline/clocks.ts';
import type { MediaSink } from './media-path.ts';
import type { StreamInput } from './stream-input.ts';

export interface PersonHost {
  readonly connectionId: string;
  readonly clocks: Clocks;
  /** Since when their connection is lost, on the SFU's clock; undefined while they are there. */
  awaySinceMs(): number | undefined;
  /** @throws Fault `stream-unsupported` */
  openStream(stream: RecordedStream, sink: MediaSink): StreamInput;
  /** @throws Fault `recording-full` */
  openFile: OpenFile;
  /** Something threw that is no fault of a file's. */
  unforeseen(cause: unknown): void;
  /** Streams whose pictures are converted at once. */
  readonly transcodesAtMost: number;
  /** Of people recorded at once. */
  readonly places: Pick<Places, 'take' | 'give'>;
}
