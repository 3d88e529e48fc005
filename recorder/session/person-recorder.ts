import { Fault } from '../../protocol/errors.ts';
import type { ManifestFile } from '../../protocol/manifest.ts';
import { type FileSource, fileSourceOf, type Source } from '../../protocol/people.ts';
import type { Endpoint, RecordedStream } from '../../protocol/recorder.ts';
import type { FileProgress } from '../../protocol/recording-state.ts';
import { Malformed } from '../bytes/malformed.ts';
import { parseRtcp } from '../rtp/rtcp-packet.ts';
import { isRtcp, parseRtpPacket } from '../rtp/rtp-packet.ts';
import type { PersonHost, PersonSocket } from './person-host.ts';
import { PersonStreams } from './person-streams.ts';
import { Place } from './places.ts';
import { BEHIND_MS } from './read-first.ts';
import type { RecordedFile } from './recorded-file.ts';
import type { StageCounts } from './stage-counts.ts';
import { type MediaSink, StreamInput } from './stream-input.ts';

/** After a failure to write the next file is begun this much later; twice as late each time it fails again. */
export const RETRY_MS = 5000;
export const MAX_RETRY_MS = 300_000;

/** Counts of what could not be used, for /metrics. */
export interface IngestCounters {
  malformed: number;
  unannounced: number;
  strangers: number;
  /** Pictures that a slow disk had no room for. */
  leftOut: number;
  /** The port of the socket, at which the kernel may drop; undefined once it is closed for good. */
  port: number | undefined;
  stages: StageCounts;
}

/** One recorded person: their socket, the streams on it, and the files that these are written to. */
export class PersonRecorder {
  readonly connectionId: string;
  readonly #socket: PersonSocket;
  readonly #host: PersonHost;
  readonly #streams = new PersonStreams();
  readonly #files = new Map<FileSource, RecordedFile>();
  readonly #ended: RecordedFile[] = [];
  readonly #failures = new Map<FileSource, number>();
  #closed: Promise<void> | undefined;
  /** Known also when the socket is closed. */
  readonly #port: number;
  readonly #place: Place;
  /** All that had come by then was read: nothing is concluded from silence after it. */
  #seenMs: number;
  #malformed = 0;
  #unannounced = 0;
  /** They said no at this instant of the SFU's clock: what was captured later is not written. */
  #untilMs = Number.POSITIVE_INFINITY;

  /** @param openSocket binds the socket, given what to do with each datagram */
  static async open(
    connectionId: string,
    host: PersonHost,
    openSocket: (onDatagram: (datagram: Buffer) => void) => Promise<PersonSocket>,
  ): Promise<PersonRecorder> {
    let person: PersonRecorder | undefined;
    const socket = await openSocket((datagram) => person?.datagram(datagram));
    person = new PersonRecorder(connectionId, host, socket);
    return person;
  }

  private constructor(connectionId: string, host: PersonHost, socket: PersonSocket) {
    this.connectionId = connectionId;
    this.#host = host;
    this.#place = new Place(host.places);
    this.#socket = socket;
    this.#port = socket.endpoint.port;
    this.#seenMs = host.nowMs();
  }

  get endpoint(): Endpoint {
    return this.#socket.endpoint;
  }

  get counters(): IngestCounters {
    const files = [...this.#files.values(), ...this.#ended];
    return {
      malformed: this.#malformed,
      unannounced: this.#unannounced,
      strangers: this.#socket.strangers,
      leftOut: files.reduce((sum, { take }) => sum + take.leftOut, 0),
      port: this.#port,
      stages: this.#streams.counts,
    };
  }

  connect(from: Endpoint): void {
    this.#socket.connect(from);
  }

  /** Idempotent by stream id. A stream that replaces another one of the same source goes on in the same file. */
  addStream(stream: RecordedStream): void {
    if (this.#streams.byId(stream.streamId)) return;
    const nowMs = this.#host.nowMs();
    const source = fileSourceOf(stream.source);
    const file = this.#fileFor(source);
    const input = new StreamInput(stream, this.#sinkOf(source), nowMs, this.#host.transcodes);
    const replaced = this.#streams.bySource(stream.source);
    if (replaced) void this.#streams.drop(replaced, nowMs);
    this.#streams.add(input);
    file.take.setLive(stream.kind, !stream.paused, nowMs + this.#host.sfuOffsetMs());
  }

  /** The track goes on as silence or slate; a screen share whose last stream ends is complete. */
  async removeStream(streamId: string): Promise<void> {
    const input = this.#streams.byId(streamId);
    if (!input) return;
    const nowMs = this.#host.nowMs();
    const atMs = nowMs + this.#host.sfuOffsetMs();
    await this.#streams.drop(input, nowMs);
    // Another stream may have taken its place by now.
    if (this.#streams.bySource(input.stream.source)) return;
    const source = fileSourceOf(input.stream.source);
    const file = this.#files.get(source);
    file?.take.setLive(input.stream.kind, false, atMs);
    if (!file || source === 'camera' || this.#streams.inFile(source).length > 0) return;
    this.#files.delete(source);
    this.#ended.push(file);
    await file.finish(atMs);
  }

  /** Muted or camera off (true), and back. */
  setPaused(source: Source, paused: boolean, atMs: number): void {
    const input = this.#streams.bySource(source);
    if (!input) return;
    input.setPaused(paused, this.#host.nowMs());
    const setLive = () =>
      this.#files.get(fileSourceOf(source))?.take.setLive(input.stream.kind, !paused, atMs);
    if (!paused) setLive();
    else
      input.rest(() => {
        if (input.stream.paused) setLive();
      });
  }

  datagram(datagram: Buffer): void {
    const nowMs = this.#host.nowMs();
    try {
      if (isRtcp(datagram)) this.#rtcp(datagram, nowMs);
      else this.#rtp(datagram, nowMs);
    } catch (cause) {
      if (!(cause instanceof Malformed)) throw cause;
      this.#malformed += 1;
    }
  }

  mayHoldMore(): boolean {
    return this.#socket.mayHoldMore();
  }

  tick(seenMs: number): void {
    const nowMs = this.#host.nowMs();
    const missedMs = Math.max(0, seenMs - this.#seenMs - BEHIND_MS);
    for (const input of this.#streams) {
      input.tick(seenMs, missedMs);
      const { kind, source } = input.stream;
      const isOfUse = kind === 'video' && input.problem === undefined;
      if (isOfUse && this.#files.get(fileSourceOf(source))?.take.needsKeyframe) input.requestKeyframe();
      this.#sendFeedback(input, nowMs);
    }
    this.#seenMs = seenMs;
    for (const [source, file] of this.#files) {
      file.tick(seenMs + this.#host.sfuOffsetMs(), this.#streams.heldFromMs(source), missedMs);
      const delayMs = Math.min(MAX_RETRY_MS, RETRY_MS * 2 ** (this.#failures.get(source) ?? 0));
      if (file.failedAtMs !== undefined && nowMs - file.failedAtMs >= delayMs) this.#beginAnew(source, file);
    }
  }

  /** Files being written of which there are bytes on disk. */
  get filesOnDisk(): number {
    let count = 0;
    for (const file of this.#files.values()) if (file.isOnDisk) count += 1;
    return count;
  }

  progress(): FileProgress[] {
    return [...this.#files.values()].map((file) => {
      const live = this.#streams.inFile(file.source).filter((input) => !input.stream.paused);
      const due = live.flatMap(({ waitingSinceMs }) => waitingSinceMs ?? []);
      const ofStreams = live.map((input) => input.problem).find((code) => code !== undefined);
      const problem = this.#place.isRefused ? 'recorder-full' : ofStreams;
      const progress = file.progress(due.length > 0 ? this.#seenMs - Math.max(...due) : undefined, problem);
      const isFull = progress.problem === 'transcodes-full';
      return isFull ? { ...progress, transcodesAtMost: this.#host.transcodes.max } : progress;
    });
  }

  /** Files of this person, those that ended too, as the manifest lists them. */
  describe(startedAtMs: number): ManifestFile[] {
    const atMs = this.#seenMs + this.#host.sfuOffsetMs();
    const files = [...this.#ended, ...this.#files.values()];
    return files
      .map((file) => file.describe(atMs, startedAtMs, this.#streams.syncOf(file.source)))
      .filter((entry) => entry !== undefined);
  }

  hold(held: boolean): void {
    for (const file of this.#files.values()) file.hold(held);
  }

  /** Lets go of socket and files as they are. */
  abandon(): Promise<void> {
    this.#closed ??= (async () => {
      this.#socket.close();
      this.#place.give();
      this.#streams.close();
      await Promise.all([...this.#files.values()].map((file) => file.abandon()));
    })();
    return this.#closed;
  }

  /** Takes what is still on the way, completes the files, closes the socket. Memoised. @param untilMs of what was captured */
  close(untilMs = Number.POSITIVE_INFINITY): Promise<void> {
    this.#untilMs = untilMs;
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    this.#socket.close();
    this.#place.give();
    const nowMs = this.#host.nowMs();
    this.#seenMs = nowMs;
    const atMs = Math.min(this.#untilMs, nowMs + this.#host.sfuOffsetMs());
    const pictures = this.#streams.finish(nowMs);
    // Files that ended before may still be made whole.
    await Promise.all([...this.#ended, ...this.#files.values()].map((file) => file.finish(atMs, pictures)));
    this.#streams.close();
  }

  #rtp(datagram: Buffer, nowMs: number): void {
    const packet = parseRtpPacket(datagram);
    const input = this.#streams.bySsrc(packet.ssrc);
    if (!input) {
      this.#unannounced += 1;
      return;
    }
    if (!input.expects(packet) || !this.#place.take()) return;
    const isBehind = nowMs - this.#seenMs > BEHIND_MS;
    input.push(packet, nowMs, this.#host.sfuOffsetMs(), isBehind ? this.#seenMs : nowMs);
    // What seems to be missing may lie there still: the next tick knows.
    if (!isBehind) this.#sendFeedback(input, nowMs);
  }

  #rtcp(datagram: Buffer, nowMs: number): void {
    for (const report of parseRtcp(datagram)) {
      if (report.type === 'sender-report') this.#streams.bySsrc(report.ssrc)?.senderReport(report, nowMs);
    }
  }

  #sendFeedback(input: StreamInput, nowMs: number): void {
    const rtcp = input.feedback(nowMs);
    if (rtcp) this.#socket.send(rtcp);
  }

  /** The disk may take more by now; unless the recording takes no further file. */
  #beginAnew(source: FileSource, failed: RecordedFile): void {
    this.#failures.set(source, (this.#failures.get(source) ?? 0) + 1);
    const next = this.#nextFile(source);
    if (!next) return;
    this.#files.set(source, next);
    if (failed.name !== undefined) this.#ended.push(failed);
    const { take } = next;
    const atMs = this.#host.nowMs() + this.#host.sfuOffsetMs();
    for (const { hasArrived, stream } of this.#streams.inFile(source)) {
      take.setLive(stream.kind, !stream.paused, atMs);
      if (hasArrived) take.arrived(atMs);
    }
  }

  #nextFile(source: FileSource): RecordedFile | undefined {
    try {
      return this.#host.openFile(this.connectionId, source);
    } catch (cause) {
      if (cause instanceof Fault && cause.code === 'recording-full') return undefined;
      throw cause;
    }
  }

  #fileFor(source: FileSource): RecordedFile {
    const file = this.#files.get(source) ?? this.#host.openFile(this.connectionId, source);
    this.#files.set(source, file);
    return file;
  }

  #sinkOf(source: FileSource): MediaSink {
    return {
      arrived: (atMs) => this.#files.get(source)?.take.arrived(atMs),
      audio: (item, captureMs) => {
        if (captureMs < this.#untilMs) this.#files.get(source)?.take.pushAudio(item, captureMs);
      },
      video: (unit, captureMs) => {
        if (captureMs < this.#untilMs) this.#files.get(source)?.take.pushVideo(unit, captureMs);
      },
      interrupted: (cause, fromMs) => this.#files.get(source)?.take.interruptVideo(cause, fromMs),
      lost: (loss) => {
        const offsetMs = this.#host.sfuOffsetMs();
        const toSfuMs = { fromMs: loss.fromMs + offsetMs, toMs: loss.toMs + offsetMs };
        this.#files.get(source)?.noteLoss({ ...loss, ...toSfuMs });
      },
    };
  }
}
