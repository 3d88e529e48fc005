import type { ManifestFile } from '#protocol/manifest.ts';
import { type FileSource, fileSourceOf, type Source } from '#protocol/people.ts';
import type { Endpoint, RecordedStream } from '#protocol/recorder.ts';
import type { FileProgress } from '#protocol/recording-state.ts';
import { Malformed } from '../bytes/malformed.ts';
import { PersonFiles } from '../file/person-files.ts';
import { type RecordedFile, STALLED_AFTER_MS } from '../file/recorded-file.ts';
import { BEHIND_MS } from '../ingest/read-first.ts';
import { parseRtcp, type RtcpReport } from '../rtp/rtcp-packet.ts';
import { isRtcp, parseRtpPacket, type RtpPacket } from '../rtp/rtp-packet.ts';
import { fileSink } from './file-sink.ts';
import type { PersonHost, PersonSocket } from './person-host.ts';
import { PersonStreams } from './person-streams.ts';
import { Place } from './place.ts';
import { presentUntilMs } from './presence.ts';
import type { IngestCounters } from './stage-counts.ts';
import { StreamInput } from './stream-input.ts';

/**
 * One recorded person: their socket, the streams on it, and the files that these are written to. What throws over one of
 * their packets, timers or answers ends the file that it was for (RecordedFile), and goes no further [D14].
 */
export class PersonRecorder {
  readonly connectionId: string;
  readonly #socket: PersonSocket;
  readonly #host: PersonHost;
  readonly #streams = new PersonStreams((input, cause) => this.#broke(input, cause));
  readonly #files: PersonFiles;
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
  #hasTold = false;

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
    this.#files = new PersonFiles((source, allowance) => host.openFile(connectionId, source, allowance));
  }

  get endpoint(): Endpoint {
    return this.#socket.endpoint;
  }

  get counters(): IngestCounters {
    return {
      malformed: this.#malformed,
      unannounced: this.#unannounced,
      strangers: this.#socket.strangers,
      leftOut: this.#files.all.reduce((sum, { take }) => sum + take.leftOut, 0),
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
    const file = this.#files.begin(source, nowMs);
    const input = this.#open(stream);
    const replaced = this.#streams.bySource(stream.source);
    if (replaced) void this.#streams.drop(replaced, nowMs);
    this.#streams.add(input);
    file.guard(() => tellTake(file, stream, nowMs + this.#host.sfuOffsetMs()));
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
    const file = this.#files.of(source);
    file?.guard(() => file.take.setLive(input.stream.kind, false, atMs));
    if (!file || source === 'camera' || this.#streams.inFile(source).length > 0) return;
    this.#files.retire(source);
    await file.finish(atMs);
  }

  /** Muted or camera off (true), and back. @param silenced by the system, which is nobody's wish */
  setPaused(source: Source, paused: boolean, atMs: number, silenced?: RecordedStream['silenced']): void {
    const input = this.#streams.bySource(source);
    if (!input) return;
    input.setPaused(paused, this.#host.nowMs());
    input.stream.silenced = silenced;
    const file = this.#files.of(fileSourceOf(source));
    const setLive = () => {
      if (input.stream.paused === paused && input.stream.silenced === silenced)
        file?.guard(() => tellTake(file, input.stream, atMs));
    };
    this.#within(input, () => {
      const resting = paused ? input.rest() : undefined;
      if (resting) resting.then(setLive, (cause: unknown) => this.#broke(input, cause));
      else setLive();
    });
  }

  datagram(datagram: Buffer): void {
    const nowMs = this.#host.nowMs();
    try {
      if (isRtcp(datagram)) for (const report of parseRtcp(datagram)) this.#report(report, nowMs);
      else this.#packet(parseRtpPacket(datagram), nowMs);
    } catch (cause) {
      this.#malformed += 1;
      if (!(cause instanceof Malformed)) this.#tell(cause);
    }
  }

  mayHoldMore(): boolean {
    return this.#socket.mayHoldMore();
  }

  tick(seenMs: number): void {
    const nowMs = this.#host.nowMs();
    const missedMs = Math.max(0, seenMs - this.#seenMs - BEHIND_MS);
    for (const input of this.#streams)
      this.#within(input, () => this.#tickStream(input, nowMs, seenMs, missedMs));
    this.#seenMs = seenMs;
    const offsetMs = this.#host.sfuOffsetMs();
    const presentMs = this.#presentMs(seenMs) + offsetMs;
    for (const file of this.#files.present) {
      file.guard(() =>
        file.tick(seenMs + offsetMs, this.#streams.heldFromMs(file.source), missedMs, presentMs),
      );
    }
    try {
      for (const source of this.#files.beginAnew(nowMs)) this.#goOn(source, nowMs);
    } catch (cause) {
      this.#tell(cause);
    }
  }

  /** Files being written of which there are bytes on disk. */
  get filesOnDisk(): number {
    return this.#files.present.reduce((count, { isOnDisk }) => count + (isOnDisk ? 1 : 0), 0);
  }

  /** Never falls. */
  get writtenBytes(): number {
    return this.#files.writtenBytes;
  }

  progress(): FileProgress[] {
    return this.#files.present.map((file) => {
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
    const atMs = this.#presentMs(this.#seenMs) + this.#host.sfuOffsetMs();
    return this.#files.describe(atMs, startedAtMs, (source) => this.#streams.syncOf(source));
  }

  /** Lets go of socket and files as they are. */
  abandon(): Promise<void> {
    this.#closed ??= (async () => {
      this.#socket.close();
      this.#place.give();
      this.#streams.close();
      await this.#files.abandon();
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
    const presentMs = this.#presentMs(nowMs);
    // Who never came back was there until then, and no longer.
    const endMs = nowMs - presentMs < STALLED_AFTER_MS ? nowMs : presentMs;
    const atMs = Math.min(this.#untilMs, endMs + this.#host.sfuOffsetMs());
    await this.#files.finish(atMs, this.#streams.finish(nowMs));
    this.#streams.close();
  }

  #presentMs(seenMs: number): number {
    const awayMs = this.#host.awaySinceMs(this.connectionId);
    return presentUntilMs(
      this.#streams,
      seenMs,
      awayMs === undefined ? undefined : awayMs - this.#host.sfuOffsetMs(),
    );
  }

  #packet(packet: RtpPacket, nowMs: number): void {
    const input = this.#streams.bySsrc(packet.ssrc);
    if (!input) {
      this.#unannounced += 1;
      return;
    }
    if (input.isBroken || !input.expects(packet) || !this.#place.take()) return;
    const isBehind = nowMs - this.#seenMs > BEHIND_MS;
    // As `#within`, without making a function for each packet.
    try {
      input.push(packet, nowMs, this.#host.sfuOffsetMs(), isBehind ? this.#seenMs : nowMs);
      // What seems to be missing may lie there still: the next tick knows.
      if (!isBehind) this.#sendFeedback(input, nowMs);
    } catch (cause) {
      this.#broke(input, cause);
    }
  }

  #report(report: RtcpReport, nowMs: number): void {
    const input = report.type === 'sender-report' ? this.#streams.bySsrc(report.ssrc) : undefined;
    if (input && report.type === 'sender-report') {
      this.#within(input, () => input.senderReport(report, nowMs));
    }
  }

  #tickStream(input: StreamInput, nowMs: number, seenMs: number, missedMs: number): void {
    input.tick(seenMs, missedMs);
    const { kind, source } = input.stream;
    const isOfUse = kind === 'video' && input.problem === undefined;
    if (isOfUse && this.#files.of(fileSourceOf(source))?.take.needsKeyframe) input.requestKeyframe();
    this.#sendFeedback(input, nowMs);
  }

  #sendFeedback(input: StreamInput, nowMs: number): void {
    const rtcp = input.feedback(nowMs);
    if (rtcp) this.#socket.send(rtcp);
  }

  /** Does something for one stream; when it throws, the file ends that the stream is written to. */
  #within(input: StreamInput, work: () => void): void {
    if (input.isBroken) return;
    try {
      work();
    } catch (cause) {
      this.#broke(input, cause);
    }
  }

  #broke(input: StreamInput, cause: unknown): void {
    input.isBroken = true;
    this.#files.of(fileSourceOf(input.stream.source))?.fail(cause);
  }

  /** Once, however often it happens. */
  #tell(cause: unknown): void {
    if (!this.#hasTold) this.#host.unforeseen(cause);
    this.#hasTold = true;
  }

  /** Another file of this source has begun: with its streams, those anew over which something threw. */
  #goOn(source: FileSource, nowMs: number): void {
    const file = this.#files.of(source);
    const atMs = nowMs + this.#host.sfuOffsetMs();
    for (const input of this.#streams.inFile(source)) {
      const { hasArrived, stream } = input;
      if (input.isBroken) this.#streams.replace(input, this.#open(stream));
      file?.guard(() => {
        tellTake(file, stream, atMs);
        if (hasArrived) file.take.arrived(atMs);
      });
    }
  }

  /** @throws Fault `stream-unsupported` */
  #open(stream: RecordedStream): StreamInput {
    const sink = fileSink(this.#files, fileSourceOf(stream.source), {
      sfuOffsetMs: () => this.#host.sfuOffsetMs(),
      untilMs: () => this.#untilMs,
    });
    return new StreamInput(stream, sink, this.#host.nowMs(), this.#host.transcodes);
  }
}

/** What is due of this stream from now on. */
function tellTake({ take }: RecordedFile, { kind, paused, silenced }: RecordedStream, atMs: number): void {
  take.setLive(kind, !paused, atMs, silenced);
}
