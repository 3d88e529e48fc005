import type { ManifestFile } from '#protocol/manifest.ts';
import { fileSourceOf, type Source } from '#protocol/people.ts';
import type { Endpoint, RecordedStream } from '#protocol/recorder.ts';
import type { FileProgress } from '#protocol/recording-state.ts';
import { Place } from '#service/places.ts';
import { Malformed } from '../bytes/malformed.ts';
import type { FileLine } from '../file/file-line.ts';
import { PersonFiles } from '../file/person-files.ts';
import { STALLED_AFTER_MS } from '../file/recorded-file.ts';
import type { MediaSocket, OnDatagram } from '../ingest/media-socket.ts';
import { BEHIND_MS } from '../ingest/read-first.ts';
import { parseRtcp, type RtcpReport } from '../rtp/rtcp-packet.ts';
import { isRtcp, parseRtpPacket, type RtpPacket } from '../rtp/rtp-packet.ts';
import type { Instant } from '../timeline/clocks.ts';
import type { PersonHost } from './person-host.ts';
import { PersonStreams, presentUntilMs } from './person-streams.ts';
import type { IngestCounters } from './stage-counts.ts';
import type { StreamInput } from './stream-input.ts';

/**
 * One recorded person: their socket, the streams on it, and the files that these are written to. What throws over one of
 * their packets, timers or answers ends the file that it was for (RecordedFile), and goes no further [D14].
 */
export class PersonRecorder {
  readonly connectionId: string;
  readonly #socket: MediaSocket;
  readonly #host: PersonHost;
  readonly #streams = new PersonStreams((input, cause) => this.#broke(input, cause));
  readonly #files: PersonFiles;
  #closed: Promise<void> | undefined;
  /** Known also when the socket is closed. */
  readonly #port: number;
  readonly #place: Place;
  /** All that had come by then was read: nothing is concluded from silence after it. */
  #seen: Instant;
  #malformed = 0;
  #unannounced = 0;
  /** They said no at this instant of the SFU's clock: what was captured later is not written. */
  #untilMs = Number.POSITIVE_INFINITY;
  #hasTold = false;

  /** @param openSocket binds the socket, given what to do with each datagram */
  static async open(
    host: PersonHost,
    openSocket: (onDatagram: OnDatagram) => Promise<MediaSocket>,
  ): Promise<PersonRecorder> {
    let person: PersonRecorder | undefined;
    const socket = await openSocket((datagram, arrivedMs) => person?.datagram(datagram, arrivedMs));
    person = new PersonRecorder(host, socket);
    return person;
  }

  private constructor(host: PersonHost, socket: MediaSocket) {
    this.connectionId = host.connectionId;
    this.#host = host;
    this.#place = new Place(host.places);
    this.#socket = socket;
    this.#port = socket.endpoint.port;
    this.#seen = host.clocks.now();
    this.#files = new PersonFiles(host.openFile);
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
    const now = this.#host.clocks.now();
    const line = this.#files.begin(fileSourceOf(stream.source), now.ourMs);
    const input = this.#host.openStream(stream, line);
    const replaced = this.#streams.bySource(stream.source);
    if (replaced) void this.#streams.drop(replaced, now.ourMs);
    this.#streams.add(input);
    tellTake(line.file, stream, now.sfuMs);
  }

  /** The track goes on as silence or slate; a screen share whose last stream ends is complete. */
  async removeStream(streamId: string): Promise<void> {
    const input = this.#streams.byId(streamId);
    if (!input) return;
    const now = this.#host.clocks.now();
    await this.#streams.drop(input, now.ourMs);
    // Another stream may have taken its place by now.
    if (this.#streams.bySource(input.stream.source)) return;
    const source = fileSourceOf(input.stream.source);
    const file = this.#files.of(source);
    file?.guard(() => file.take.setLive(input.stream.kind, false, now.sfuMs));
    if (!file || source === 'camera' || this.#streams.inFile(source).length > 0) return;
    this.#files.retire(source);
    await file.finish(now.sfuMs);
  }

  /** Muted or camera off (true), and back. @param silenced by the system, which is nobody's wish */
  setPaused(source: Source, paused: boolean, atMs: number, silenced?: RecordedStream['silenced']): void {
    const input = this.#streams.bySource(source);
    if (!input) return;
    input.setPaused(paused, this.#host.clocks.nowMs());
    input.stream.silenced = silenced;
    const file = this.#files.of(fileSourceOf(source));
    const setLive = () => {
      if (input.stream.paused === paused && input.stream.silenced === silenced)
        tellTake(file, input.stream, atMs);
    };
    this.#within(input, () => {
      const resting = paused ? input.rest() : undefined;
      if (resting) resting.then(setLive, (cause: unknown) => this.#broke(input, cause));
      else setLive();
    });
  }

  /** @param arrivedMs on our clock, where it is known */
  datagram(datagram: Buffer, arrivedMs?: number): void {
    const nowMs = this.#host.clocks.nowMs();
    try {
      if (isRtcp(datagram)) for (const report of parseRtcp(datagram)) this.#report(report, nowMs);
      else this.#packet(parseRtpPacket(datagram), nowMs, arrivedMs);
    } catch (cause) {
      this.#malformed += 1;
      if (!(cause instanceof Malformed)) this.#tell(cause);
    }
  }

  /** As the socket's. */
  drain(): boolean {
    return this.#socket.drain();
  }

  /** @param seen all that had come by then was read */
  tick(seen: Instant): void {
    const now = this.#host.clocks.now();
    const missedMs = Math.max(0, seen.ourMs - this.#seen.ourMs - BEHIND_MS);
    for (const input of this.#streams.all) this.#tickStream(input, now.ourMs, seen.ourMs, missedMs);
    this.#seen = seen;
    for (const file of this.#files.present) {
      if (missedMs === 0 && !file.isDue()) continue;
      const presentMs = this.#presentUntil(seen).sfuMs;
      file.guard(() => file.tick(seen.sfuMs, this.#streams.heldFromMs(file.source), missedMs, presentMs));
    }
    try {
      for (const line of this.#files.beginAnew(now.ourMs)) this.#goOn(line, now);
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
      const { problem, waitingMs } = this.#streams.stateOf(file.source, this.#seen.ourMs);
      const progress = file.progress(waitingMs, this.#place.isRefused ? 'recorder-full' : problem);
      const isFull = progress.problem === 'transcodes-full';
      return isFull ? { ...progress, transcodesAtMost: this.#host.transcodesAtMost } : progress;
    });
  }

  /** Files of this person, those that ended too, as the manifest lists them. */
  describe(startedAtMs: number): ManifestFile[] {
    const { sfuMs } = this.#presentUntil(this.#seen);
    return this.#files.describe(sfuMs, startedAtMs, (source) => this.#streams.syncOf(source));
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
    this.#files.endAt(untilMs);
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    this.#socket.drain();
    this.#socket.close();
    this.#place.give();
    const now = this.#host.clocks.now();
    this.#seen = now;
    const present = this.#presentUntil(now);
    // Who never came back was there until then, and no longer.
    const end = now.ourMs - present.ourMs < STALLED_AFTER_MS ? now : present;
    const atMs = Math.min(this.#untilMs, end.sfuMs);
    await this.#files.finish(atMs, this.#streams.finish(now.ourMs));
    this.#streams.close();
  }

  #presentUntil(seen: Instant): Instant {
    const { awaySinceMs, clocks } = this.#host;
    const awayMs = awaySinceMs();
    const away = awayMs === undefined ? undefined : clocks.told(awayMs);
    return clocks.at(presentUntilMs(this.#streams.all, seen.ourMs, away?.ourMs));
  }

  #packet(packet: RtpPacket, nowMs: number, arrivedMs: number | undefined): void {
    const input = this.#streams.bySsrc(packet.ssrc);
    if (!input) {
      this.#unannounced += 1;
      return;
    }
    if (input.isBroken || !input.expects(packet) || !this.#place.take()) return;
    const isBehind = nowMs - this.#seen.ourMs > BEHIND_MS;
    // As `#within`, without making a function for each packet.
    try {
      input.push(
        packet,
        nowMs,
        arrivedMs ?? (isBehind ? input.usualArrivalMs(packet, this.#seen.ourMs, nowMs) : nowMs),
      );
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
    if (input.isBroken) return;
    try {
      input.tick(seenMs, missedMs);
      const { kind, source } = input.stream;
      const isOfUse = kind === 'video' && input.problem === undefined;
      if (isOfUse && this.#files.of(fileSourceOf(source))?.take.needsKeyframe) input.requestKeyframe();
      this.#sendFeedback(input, nowMs);
    } catch (cause) {
      this.#broke(input, cause);
    }
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

  /** Another file of this line has begun: with its streams, those anew over which something threw. */
  #goOn(line: FileLine, now: Instant): void {
    for (const input of this.#streams.inFile(line.source)) {
      const { hasArrived, stream } = input;
      if (input.isBroken) this.#streams.replace(input, this.#host.openStream(stream, line));
      tellTake(line.file, stream, now.sfuMs);
      if (hasArrived) line.arrived(now.sfuMs);
    }
  }
}

/** What is due of this stream from now on. @param atMs on the SFU's clock */
function tellTake(file: FileLine['file'], { kind, paused, silenced }: RecordedStream, atMs: number): void {
  file?.guard(() => file.take.setLive(kind, !paused, atMs, silenced));
}
