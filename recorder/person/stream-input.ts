import { type ErrorCode, Fault } from '#protocol/errors.ts';
import type { Kind } from '#protocol/people.ts';
import type { RecordedStream } from '#protocol/recorder.ts';
import { MAX_CONCEALED_SAMPLES } from '../audio/audio-transcoder.ts';
import { OpusDepacketizer, type OpusItem } from '../depacketize/opus.ts';
import type { LostHop } from '../rtp/loss-origin.ts';
import type { SenderReport } from '../rtp/rtcp-packet.ts';
import type { RtpPacket } from '../rtp/rtp-packet.ts';
import { type OrderedItem, RtpReceiver } from '../rtp/rtp-receiver.ts';
import { StreamClock } from '../timeline/stream-clock.ts';
import { NO_COUNTS, type StageCounts } from './stage-counts.ts';
import { H264Path, type PictureSink, type Transcodes, type VideoPath, Vp8Path } from './video-path.ts';

/** CNAME of our receiver reports (RFC 3550 §6.5.1); mediasoup does not look at it. */
const CNAME = 'verbatim';

/** What a stream brings, with the instant of its capture on the SFU's clock. */
export interface MediaSink extends PictureSink {
  /** The first packet is here, whatever becomes of it. @param atMs on the SFU's clock */
  arrived(atMs: number): void;
  audio(item: OpusItem, captureMs: number): void;
  /** Packets that will not come any more; times on our clock. */
  lost(loss: { kind: Kind; hop: LostHop; packets: number; fromMs: number; toMs: number }): void;
}

type Path = { kind: 'audio'; opus: OpusDepacketizer } | { kind: 'video'; video: VideoPath };

/** One RTP stream on its way from datagrams to pictures and Opus packets: order, then units, then their time. */
export class StreamInput {
  readonly stream: RecordedStream;
  readonly #sink: MediaSink;
  readonly #receiver: RtpReceiver;
  readonly #path: Path;
  readonly #clock: StreamClock;
  /** Something threw over it: it is not listened to any more, up to the next file, which begins it anew. */
  isBroken = false;
  #hasArrived = false;
  /** When the last packet came; before it, and after a pause, since when it is waited for. */
  #waitingSinceMs: number;
  /** Of the last packet that was handed on: where its media end. */
  #handedOnTicks: number | undefined;

  /** @throws Fault `stream-unsupported` for anything but Opus, H.264 and VP8 */
  constructor(stream: RecordedStream, sink: MediaSink, nowMs: number, transcodes: Transcodes) {
    const { codec, kind, ssrc } = stream;
    this.stream = stream;
    this.#sink = sink;
    this.#path = pathFor(stream, (timestamp) => this.#clock.toWallMs(timestamp), sink, transcodes);
    this.#clock = new StreamClock({ clockRate: codec.clockRate, kind });
    this.#receiver = new RtpReceiver({
      ssrc,
      // Any SSRC but the sender's will do: it only names us in RTCP.
      localSsrc: (ssrc ^ 1) >>> 0,
      cname: CNAME,
      payloadType: codec.payloadType,
      clockRate: codec.clockRate,
      kind,
    });
    this.#waitingSinceMs = nowMs;
  }

  get hasArrived(): boolean {
    return this.#hasArrived;
  }

  /** When the last packet came, or was first due; our clock. */
  get heardMs(): number {
    return this.#waitingSinceMs;
  }

  /** Since when a packet is due, our clock; undefined while none is: a screen that does not change sends nothing. */
  get waitingSinceMs(): number | undefined {
    const mayRest = this.stream.source === 'screen' && this.#hasArrived;
    return this.stream.paused || mayRest ? undefined : this.#waitingSinceMs;
  }

  /**
   * Media after this capture are here, and wait for a packet that is missing before them: neither silence nor a slate may
   * take their place. On the SFU's clock; undefined while nothing waits.
   */
  get heldFromMs(): number | undefined {
    if (!this.#receiver.isHolding || this.#handedOnTicks === undefined) return undefined;
    return this.#clock.toWallMs(this.#handedOnTicks);
  }

  /** Why its pictures are not recorded. */
  get problem(): ErrorCode | undefined {
    return this.#path.kind === 'video' ? this.#path.video.problem : undefined;
  }

  get counts(): StageCounts {
    const { lost: _, ...packets } = this.#receiver.stats();
    return { packets, pictures: this.#path.kind === 'video' ? this.#path.video.counts : NO_COUNTS.pictures };
  }

  /** The manifest's `sync`: undefined before the first Sender Report. */
  get sync(): ReturnType<StreamClock['stats']> {
    return this.#clock.stats();
  }

  /** Whether it is one of this stream's packets, with something in it. */
  expects({ payload, payloadType }: RtpPacket): boolean {
    return payloadType === this.stream.codec.payloadType && payload.length > 0;
  }

  /**
   * @param arrivalOffsetMs the SFU's clock minus ours
   * @param seenMs it was not there yet when the sockets were read last
   */
  push(packet: RtpPacket, nowMs: number, arrivalOffsetMs: number, seenMs = nowMs): void {
    if (!this.#hasArrived) this.#sink.arrived(nowMs + arrivalOffsetMs);
    this.#hasArrived = true;
    this.#waitingSinceMs = nowMs;
    this.#clock.setArrivalOffset(arrivalOffsetMs);
    this.#take(this.#receiver.push(packet, nowMs, this.#arrivalMs(packet, nowMs, seenMs)));
  }

  /** Muted or camera off, and back: packets are due from now on. */
  setPaused(paused: boolean, nowMs: number): void {
    if (this.stream.paused && !paused) this.#waitingSinceMs = nowMs;
    this.stream.paused = paused;
  }

  senderReport(report: SenderReport, nowMs: number): void {
    this.#receiver.onSenderReport(report, nowMs);
    const rtpTicks = this.#clock.widenTimestamp(report.rtpTimestamp);
    if (rtpTicks !== undefined) this.#clock.onSenderReport({ ntpMs: report.ntpMs, rtpTicks });
  }

  /** @param missedMs we did not run for so long before */
  tick(nowMs: number, missedMs = 0): void {
    if (missedMs > 0) this.#receiver.missed(missedMs, nowMs - missedMs);
    this.#take(this.#receiver.tick(nowMs));
  }

  /** Takes what still waits for missing packets: there is no more waiting. */
  flush(nowMs: number): void {
    this.#take(this.#receiver.flush(nowMs));
    if (this.#path.kind === 'video') this.#path.video.flush();
  }

  /** Resolves once no picture of this stream is under way any more; undefined where none is now. */
  rest(): Promise<void> | undefined {
    return this.#path.kind === 'video' ? this.#path.video.rest() : undefined;
  }

  /** Lets go of what is under way. */
  close(): void {
    if (this.#path.kind === 'video') this.#path.video.close();
  }

  requestKeyframe(): void {
    this.#receiver.requestKeyframe();
  }

  /** RTCP that is due. */
  feedback(nowMs: number): Buffer | undefined {
    if (this.#path.kind === 'video' && this.#path.video.needsKeyframe) this.requestKeyframe();
    return this.#receiver.feedback(nowMs);
  }

  /** Of one that lay in the socket nobody knows it: as long after its sending as the one before, within what may be. */
  #arrivalMs({ timestamp }: RtpPacket, nowMs: number, seenMs: number): number {
    const ticks = seenMs < nowMs ? this.#clock.widenTimestamp(timestamp) : undefined;
    if (ticks === undefined) return nowMs;
    return Math.min(nowMs, Math.max(seenMs, this.#clock.usualArrivalMs(ticks)));
  }

  #take(items: OrderedItem[]): void {
    for (const item of items) {
      if (item.type === 'lost') this.#tellLoss(item);
      const path = this.#path;
      if (path.kind === 'video') {
        if (item.type === 'packet') {
          this.#clock.onPacket(item.timestamp, item.arrivalMs);
          this.#handedOnTicks = item.timestamp;
        }
        path.video.push(item);
      } else this.#hear(path.opus.push(item));
    }
  }

  /** A packet of sound is sent once its last sample is captured: its first one is as much older than its arrival. */
  #hear(packets: OpusItem[]): void {
    for (const packet of packets) {
      const { arrivalMs, durationTicks, lostTicks, timestamp } = packet;
      const firstMs = arrivalMs - (durationTicks * 1000) / this.stream.codec.clockRate;
      // What is concealed is no pause, in which the sound could be moved.
      const soundTicks = lostTicks <= MAX_CONCEALED_SAMPLES ? lostTicks : 0;
      this.#clock.onPacket(timestamp, firstMs, durationTicks, soundTicks);
      this.#handedOnTicks = timestamp + durationTicks;
      this.#sink.audio(packet, this.#clock.toWallMs(timestamp));
    }
  }

  #tellLoss({ count, hop, nowMs, sinceMs }: Extract<OrderedItem, { type: 'lost' }>): void {
    this.#sink.lost({ kind: this.stream.kind, hop, packets: count, fromMs: sinceMs, toMs: nowMs });
  }
}

function pathFor(
  stream: RecordedStream,
  toCaptureMs: (timestamp: number) => number,
  sink: MediaSink,
  transcodes: Transcodes,
): Path {
  const { mimeType, parameters } = stream.codec;
  const codec = mimeType.toLowerCase();
  if (stream.kind === 'audio' && codec === 'audio/opus')
    return { kind: 'audio', opus: new OpusDepacketizer() };
  if (stream.kind === 'video' && codec === 'video/h264') {
    const sprop = parameters?.['sprop-parameter-sets'];
    const sets = typeof sprop === 'string' ? sprop : undefined;
    return { kind: 'video', video: new H264Path(sets, toCaptureMs, sink) };
  }
  if (stream.kind === 'video' && codec === 'video/vp8')
    return {
      kind: 'video',
      video: new Vp8Path({ toCaptureMs, isPaused: () => stream.paused, sink, transcodes }),
    };
  throw new Fault('stream-unsupported', `${mimeType} cannot be recorded, only Opus, H.264 and VP8.`);
}
