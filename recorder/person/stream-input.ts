import type { ErrorCode } from '#protocol/errors.ts';
import type { RecordedStream } from '#protocol/recorder.ts';
import type { SenderReport } from '../rtp/rtcp-packet.ts';
import type { RtpPacket } from '../rtp/rtp-packet.ts';
import { type OrderedItem, RtpReceiver } from '../rtp/rtp-receiver.ts';
import type { Clocks } from '../timeline/clocks.ts';
import type { StreamClock } from '../timeline/stream-clock.ts';
import type { MediaPath, MediaSink } from './media-path.ts';
import type { StageCounts } from './stage-counts.ts';

/** CNAME of our receiver reports (RFC 3550 §6.5.1); mediasoup does not look at it. */
const CNAME = 'verbatim';

/** One RTP stream: its packets in order, each with its time, handed on to what makes media of them. */
export class StreamInput {
  readonly stream: RecordedStream;
  readonly #sink: Pick<MediaSink, 'arrived' | 'lost'>;
  readonly #receiver: RtpReceiver;
  readonly #clocks: Clocks;
  readonly #clock: StreamClock;
  readonly #path: MediaPath;
  /** Something threw over it: it is not listened to any more, up to the next file, which begins it anew. */
  isBroken = false;
  #hasArrived = false;
  /** When the last packet came; before it, and after a pause, since when it is waited for. */
  #waitingSinceMs: number;

  constructor(options: {
    stream: RecordedStream;
    clocks: Clocks;
    clock: StreamClock;
    path: MediaPath;
    sink: Pick<MediaSink, 'arrived' | 'lost'>;
  }) {
    const { codec, kind, ssrc } = options.stream;
    this.stream = options.stream;
    this.#sink = options.sink;
    this.#clocks = options.clocks;
    this.#clock = options.clock;
    this.#path = options.path;
    this.#receiver = new RtpReceiver({
      ssrc,
      // Any SSRC but the sender's will do: it only names us in RTCP.
      localSsrc: (ssrc ^ 1) >>> 0,
      cname: CNAME,
      payloadType: codec.payloadType,
      clockRate: codec.clockRate,
      kind,
    });
    this.#waitingSinceMs = options.clocks.nowMs();
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
    const { handedOnTicks } = this.#path;
    if (!this.#receiver.isHolding || handedOnTicks === undefined) return undefined;
    return this.#clock.toWallMs(handedOnTicks);
  }

  /** Why its pictures are not recorded. */
  get problem(): ErrorCode | undefined {
    return this.#path.problem;
  }

  get counts(): StageCounts {
    const { lost: _, ...packets } = this.#receiver.stats();
    return { packets, pictures: this.#path.counts };
  }

  /** The manifest's `sync`: undefined before the first Sender Report. */
  get sync(): ReturnType<StreamClock['stats']> {
    return this.#clock.stats();
  }

  /** Whether it is one of this stream's packets, with something in it. */
  expects({ payload, payloadType }: RtpPacket): boolean {
    return payloadType === this.stream.codec.payloadType && payload.length > 0;
  }

  push(packet: RtpPacket, nowMs: number, arrivedMs = nowMs): void {
    if (!this.#hasArrived) this.#sink.arrived(this.#clocks.sfuMs(nowMs));
    this.#hasArrived = true;
    this.#waitingSinceMs = nowMs;
    this.#handOn(this.#receiver.push(packet, nowMs, arrivedMs));
  }

  /**
   * When a packet arrived that lay in the socket, where nobody knows it: as long after its sending as the one before, within what
   * may be. @param seenMs it was not there yet when the sockets were read last
   */
  usualArrivalMs({ timestamp }: RtpPacket, seenMs: number, nowMs: number): number {
    const ticks = this.#clock.widenTimestamp(timestamp);
    if (ticks === undefined) return nowMs;
    return Math.min(nowMs, Math.max(seenMs, this.#clock.usualArrivalMs(ticks)));
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
    this.#handOn(this.#receiver.tick(nowMs));
  }

  /** Takes what still waits for missing packets: there is no more waiting. */
  flush(nowMs: number): void {
    this.#handOn(this.#receiver.flush(nowMs));
    this.#path.flush();
  }

  /** Resolves once no picture of this stream is under way any more; undefined where none is now. */
  rest(): Promise<void> | undefined {
    return this.#path.rest();
  }

  /** Lets go of what is under way. */
  close(): void {
    this.#path.close();
  }

  requestKeyframe(): void {
    this.#receiver.requestKeyframe();
  }

  /** RTCP that is due. */
  feedback(nowMs: number): Buffer | undefined {
    if (this.#path.needsKeyframe) this.requestKeyframe();
    return this.#receiver.feedback(nowMs);
  }

  #handOn(items: readonly OrderedItem[]): void {
    for (const item of items) {
      if (item.type === 'lost') this.#tellLoss(item);
      this.#path.push(item);
    }
  }

  #tellLoss({ count, hop, nowMs, sinceMs }: Extract<OrderedItem, { type: 'lost' }>): void {
    const { kind } = this.stream;
    const [fromMs, toMs] = [this.#clocks.sfuMs(sinceMs), this.#clocks.sfuMs(nowMs)];
    this.#sink.lost({ kind, hop, packets: count, fromMs, toMs });
  }
}
