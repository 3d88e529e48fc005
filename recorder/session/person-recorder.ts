import type { ManifestFile } from '../../protocol/manifest.ts';
import { type FileSource, fileSourceOf, type Source } from '../../protocol/people.ts';
import type { Endpoint, RecordedStream } from '../../protocol/recorder.ts';
import type { FileProgress } from '../../protocol/recording-state.ts';
import { Malformed } from '../bytes/malformed.ts';
import { parseRtcp } from '../rtp/rtcp-packet.ts';
import { isRtcp, parseRtpPacket } from '../rtp/rtp-packet.ts';
import type { RecordedFile } from './recorded-file.ts';
import { NO_COUNTS, type StageCounts, sumOfCounts } from './stage-counts.ts';
import { type MediaSink, StreamInput } from './stream-input.ts';
import type { Transcodes } from './video-path.ts';

/** After a failure to write the next file is begun this much later; twice as late each time it fails again. */
export const RETRY_MS = 5000;
export const MAX_RETRY_MS = 300_000;

export interface PersonHost {
  /** Our clock. */
  nowMs(): number;
  /** The SFU's clock minus ours. */
  sfuOffsetMs(): number;
  openFile(connectionId: string, source: FileSource): RecordedFile;
  readonly transcodes: Transcodes;
}

/** The person's socket: RTP and RTCP of all their streams, from and to the SFU's transport alone. */
export interface PersonSocket {
  readonly endpoint: Endpoint;
  /** Datagrams from anywhere else. */
  readonly strangers: number;
  connect(from: Endpoint): void;
  send(datagram: Buffer): void;
  close(): void;
}

/** Counts of what could not be used, for /metrics. */
export interface IngestCounters {
  malformed: number;
  unannounced: number;
  strangers: number;
  /** Pictures that a slow disk had no room for. */
  leftOut: number;
  /** The port of the socket, at which the kernel may drop. */
  port: number;
  stages: StageCounts;
}

/** One recorded person: their socket, the streams on it, and the files that these are written to. */
export class PersonRecorder {
  readonly connectionId: string;
  readonly #socket: PersonSocket;
  readonly #host: PersonHost;
  readonly #inputs = new Map<number, StreamInput>();
  readonly #files = new Map<FileSource, RecordedFile>();
  readonly #ended: RecordedFile[] = [];
  readonly #failures = new Map<FileSource, number>();
  readonly #pastSync = new Map<FileSource, ManifestFile['sync']>();
  #closed: Promise<void> | undefined;
  /** Known also when the socket is closed. */
  readonly #port: number;
  /** What streams that are gone have counted. */
  #past = NO_COUNTS;
  #malformed = 0;
  #unannounced = 0;

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
    this.#socket = socket;
    this.#port = socket.endpoint.port;
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
      stages: sumOfCounts([this.#past, ...[...this.#inputs.values()].map(({ counts }) => counts)]),
    };
  }

  connect(from: Endpoint): void {
    this.#socket.connect(from);
  }

  /** Idempotent by stream id. A stream that replaces another one of the same source goes on in the same file. */
  addStream(stream: RecordedStream): void {
    if (this.#inputOf((input) => input.stream.streamId === stream.streamId)) return;
    const nowMs = this.#host.nowMs();
    const source = fileSourceOf(stream.source);
    const file = this.#fileFor(source);
    const input = new StreamInput(stream, this.#sinkOf(source), nowMs, this.#host.transcodes);
    const replaced = this.#inputOf((other) => other.stream.source === stream.source);
    if (replaced) this.#drop(replaced);
    this.#inputs.set(stream.ssrc, input);
    file.take.setLive(stream.kind, !stream.paused, nowMs + this.#host.sfuOffsetMs());
  }

  /** The track goes on as silence or slate; a screen share whose last stream ends is complete. */
  async removeStream(streamId: string): Promise<void> {
    const input = this.#inputOf((other) => other.stream.streamId === streamId);
    if (!input) return;
    const atMs = this.#host.nowMs() + this.#host.sfuOffsetMs();
    await new Promise<void>((resolve) => this.#drop(input, resolve));
    // Another stream may have taken its place by now.
    if (this.#inputOf((other) => other.stream.source === input.stream.source)) return;
    const source = fileSourceOf(input.stream.source);
    const file = this.#files.get(source);
    file?.take.setLive(input.stream.kind, false, atMs);
    if (!file || source === 'camera' || this.#inputsOf(source).length > 0) return;
    this.#files.delete(source);
    this.#ended.push(file);
    await file.finish(atMs);
  }

  /** Muted or camera off (true), and back. */
  setPaused(source: Source, paused: boolean, atMs: number): void {
    const input = this.#inputOf((other) => other.stream.source === source);
    if (!input) return;
    input.stream.paused = paused;
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

  tick(): void {
    const nowMs = this.#host.nowMs();
    for (const input of this.#inputs.values()) {
      input.tick(nowMs);
      const { kind, source } = input.stream;
      const isOfUse = kind === 'video' && input.problem === undefined;
      if (isOfUse && this.#files.get(fileSourceOf(source))?.take.needsKeyframe) input.requestKeyframe();
      this.#sendFeedback(input, nowMs);
    }
    for (const [source, file] of this.#files) {
      file.tick(nowMs + this.#host.sfuOffsetMs());
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
    const nowMs = this.#host.nowMs();
    return [...this.#files.values()].map((file) => {
      const due = this.#inputsOf(file.source).filter((input) => !input.stream.paused);
      const lastMs = Math.max(...due.map((input) => input.lastPacketMs));
      const problem = due.map((input) => input.problem).find((code) => code !== undefined);
      return {
        ...file.progress(due.length > 0 ? nowMs - lastMs : undefined),
        ...(problem && { problem }),
        ...(problem === 'transcodes-full' && { transcodesAtMost: this.#host.transcodes.max }),
      };
    });
  }

  /** Files of this person, those that ended too, as the manifest lists them. */
  describe(startedAtMs: number): ManifestFile[] {
    const atMs = this.#host.nowMs() + this.#host.sfuOffsetMs();
    const files = [...this.#ended, ...this.#files.values()];
    return files
      .map((file) => file.describe(atMs, startedAtMs, this.#syncOf(file.source)))
      .filter((entry) => entry !== undefined);
  }

  hold(held: boolean): void {
    for (const file of this.#files.values()) file.hold(held);
  }

  /** Lets go of socket and files as they are. */
  abandon(): Promise<void> {
    this.#closed ??= (async () => {
      this.#socket.close();
      for (const input of this.#inputs.values()) input.close();
      await Promise.all([...this.#files.values()].map((file) => file.abandon()));
    })();
    return this.#closed;
  }

  /** Takes what is still on the way, completes the files, closes the socket. Memoised. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    this.#socket.close();
    const atMs = this.#host.nowMs() + this.#host.sfuOffsetMs();
    await Promise.all([...this.#inputs.values()].map((input) => this.#finish(input)));
    // Files that ended before may still be made whole.
    await Promise.all([...this.#ended, ...this.#files.values()].map((file) => file.finish(atMs)));
  }

  #rtp(datagram: Buffer, nowMs: number): void {
    const packet = parseRtpPacket(datagram);
    const input = this.#inputs.get(packet.ssrc);
    if (!input) {
      this.#unannounced += 1;
      return;
    }
    input.push(packet, nowMs, this.#host.sfuOffsetMs());
    this.#sendFeedback(input, nowMs);
  }

  #rtcp(datagram: Buffer, nowMs: number): void {
    for (const report of parseRtcp(datagram)) {
      if (report.type === 'sender-report') this.#inputs.get(report.ssrc)?.senderReport(report, nowMs);
    }
  }

  #sendFeedback(input: StreamInput, nowMs: number): void {
    const rtcp = input.feedback(nowMs);
    if (rtcp) this.#socket.send(rtcp);
  }

  /** Lets go of a stream. @param then called once its last picture is in the file */
  #drop(input: StreamInput, then: () => void = () => undefined): void {
    void this.#finish(input).then(then);
    const source = fileSourceOf(input.stream.source);
    this.#pastSync.set(source, this.#syncOf(source));
    this.#past = sumOfCounts([this.#past, input.counts]);
    this.#inputs.delete(input.stream.ssrc);
  }

  /** Takes what of a stream is still on the way. */
  async #finish(input: StreamInput): Promise<void> {
    input.flush(this.#host.nowMs());
    await new Promise<void>((resolve) => input.rest(resolve));
    input.close();
  }

  /** The disk may take more by now. */
  #beginAnew(source: FileSource, failed: RecordedFile): void {
    this.#failures.set(source, (this.#failures.get(source) ?? 0) + 1);
    this.#files.delete(source);
    if (failed.name !== undefined) this.#ended.push(failed);
    const { take } = this.#fileFor(source);
    const atMs = this.#host.nowMs() + this.#host.sfuOffsetMs();
    for (const { stream } of this.#inputsOf(source)) take.setLive(stream.kind, !stream.paused, atMs);
  }

  #fileFor(source: FileSource): RecordedFile {
    const file = this.#files.get(source) ?? this.#host.openFile(this.connectionId, source);
    this.#files.set(source, file);
    return file;
  }

  #inputOf(matches: (input: StreamInput) => boolean): StreamInput | undefined {
    return [...this.#inputs.values()].find(matches);
  }

  #inputsOf(source: FileSource): StreamInput[] {
    return [...this.#inputs.values()].filter((input) => fileSourceOf(input.stream.source) === source);
  }

  /** Of the picture, where there is one: its error is the larger. Of a former stream while there is none. */
  #syncOf(source: FileSource): ManifestFile['sync'] {
    const inputs = this.#inputsOf(source).toSorted((a, b) => b.stream.kind.localeCompare(a.stream.kind));
    return inputs.map(({ sync }) => sync).find((sync) => sync !== undefined) ?? this.#pastSync.get(source);
  }

  #sinkOf(source: FileSource): MediaSink {
    return {
      audio: (item, captureMs) => this.#files.get(source)?.take.pushAudio(item, captureMs),
      video: (unit, captureMs) => this.#files.get(source)?.take.pushVideo(unit, captureMs),
      interrupted: (cause, fromMs) => this.#files.get(source)?.take.interruptVideo(cause, fromMs),
      lost: (loss) => {
        const offsetMs = this.#host.sfuOffsetMs();
        const toSfuMs = { fromMs: loss.fromMs + offsetMs, toMs: loss.toMs + offsetMs };
        this.#files.get(source)?.noteLoss({ ...loss, ...toSfuMs });
      },
    };
  }
}
