import type { Clock } from '#service/clock.ts';
import type { Log } from '#service/log.ts';
import type { Places } from '#service/places.ts';
import type { Locks } from '#store/ownership.ts';
import type { SoundMaker } from './audio/audio-transcoder.ts';
import type { MediaSockets } from './ingest/media-socket.ts';
import type { Recordings } from './storage/recordings.ts';
import type { Clocks } from './timeline/clocks.ts';
import type { TranscodePool } from './transcode/transcode-pool.ts';

/** What a session uses of its process. */
export interface SessionContext {
  clock: Clock;
  log: Log;
  recordings: Recordings;
  locks: Locks;
  /** In the codec of this recording. */
  audio: SoundMaker;
  transcodes: TranscodePool;
  /** People recorded at once. */
  places: Places;
  sockets: MediaSockets;
  clocks: Clocks;
  /** Written into each file's `encoder`. */
  encoder: string;
  /** Bytes of a file are on disk for the first time, or the manifest changed: tell who listens. */
  onProgress(): void;
  onManifest(recordingId: string): void;
}
