import { BitWriter } from '../bytes/bit-writer.ts';
import { encodeSps } from '../depacketize/testing/sps-fields.ts';
import { encodeDescriptor, encodeFrameHeader, packetizeVp8 } from '../depacketize/testing/vp8-packets.ts';
import { CodedCamera } from './coded-camera.ts';
import { packetize } from './sender.ts';
import { FIRST_SSRC, PAYLOAD_TYPE } from './simulated-sfu.ts';
import { rtpPacket, senderReport } from './wire.ts';

type Kind = 'audio' | 'video';

/** Largest payload of a datagram. */
const MAX_PAYLOAD_BYTES = 1200;
const VIDEO_TICKS = 3000;
const OPUS_TICKS = 960;
/** Packets of 20 ms: many more than a camera sends. */
const PICTURES = 4;

/**
 * Whoever wants to break the recorder: what they send is right in some of its parts and wrong in others, so that it gets as
 * far as it can. Seeded: the same each time.
 */
export class HostileSender {
  readonly #random: () => number;
  readonly #codec: 'h264' | 'vp8';
  readonly #camera = new CodedCamera();
  readonly #sequence: Record<Kind, number> = { audio: 0, video: 0 };
  readonly #timestamp: Record<Kind, number> = { audio: 0, video: 0 };
  #picture = 0;
  /** The SSRCs of streams that were announced since the first. */
  readonly ssrc: Record<Kind, number> = { ...FIRST_SSRC };
  sentBytes = 0;

  constructor(options: { random: () => number; codec: 'h264' | 'vp8' }) {
    this.#random = options.random;
    this.#codec = options.codec;
  }

  /** The datagrams of 20 ms. */
  datagrams(): Buffer[] {
    const datagrams: Buffer[] = [];
    for (let i = 0; i < PICTURES; i += 1) {
      const payloads = this.#codec === 'h264' ? this.#h264() : this.#vp8();
      this.#timestamp.video = this.#next(this.#timestamp.video, VIDEO_TICKS, 2 ** 32);
      payloads.forEach((payload, index) => {
        datagrams.push(this.#rtp('video', payload, this.#chance(0.9) === (index === payloads.length - 1)));
      });
    }
    this.#timestamp.audio = this.#next(this.#timestamp.audio, OPUS_TICKS, 2 ** 32);
    datagrams.push(this.#rtp('audio', this.#opus(), this.#chance(0.1)));
    if (this.#chance(0.3)) datagrams.push(this.#rtcp());
    for (const datagram of datagrams) this.sentBytes += datagram.length;
    return datagrams;
  }

  #h264(): Buffer[] {
    this.#picture += 1;
    const picture = () => packetize(this.#camera.encode(this.#picture, this.#chance(0.2)), MAX_PAYLOAD_BYTES);
    const [sps, pps, idr] = [this.#sps(), this.#pps(), this.#idr()];
    return this.#pick<() => Buffer[]>([
      picture,
      picture,
      picture,
      () => [this.#damaged(this.#pick(picture()))],
      () => [this.#aggregate([sps, pps, idr])],
      () => [this.#aggregate([sps, pps]), idr],
      () => [this.#aggregate(Array.from({ length: 8 }, () => this.#pps(40))), idr],
      () => [sps, pps, idr, idr],
      () => [this.#fragment(), this.#fragment(), this.#fragment()],
      () => [Buffer.concat([Buffer.of(0x78, 0xff, 0xff), this.#bytes(40)])],
      () => [Buffer.concat([Buffer.of(this.#int(256)), this.#bytes(60)])],
      () => [Buffer.alloc(0), Buffer.of(this.#int(256))],
    ])();
  }

  /** Of any size, sampling and crop, and now and then with a bit that is wrong. */
  #sps(): Buffer {
    const crop = () =>
      [0, 1, 2, 3].map(() => this.#pick([0, 1, 4, 8400])) as [number, number, number, number];
    const sps = encodeSps({
      id: this.#pick([0, 0, 1, 31, 40]),
      profile: this.#pick([66, 77, 100, 110, 122, 244]),
      level: this.#int(256),
      ...(this.#chance(0.5) && { chromaFormat: this.#int(4), sampleBits: this.#pick([8, 8, 10, 14]) }),
      scalingLists: this.#chance(0.2),
      pictureOrder: this.#pick([0, 1, 2] as const),
      widthMbs: this.#pick([1, 3, 20, 80, 256, 1055, 1056, 5000]),
      heightUnits: this.#pick([1, 3, 15, 45, 144, 1055, 1056, 5000]),
      interlaced: this.#chance(0.2),
      ...(this.#chance(0.3) && { crop: crop() }),
    });
    return this.#chance(0.1) ? this.#damaged(sps) : sps;
  }

  #pps(maxBytes = MAX_PAYLOAD_BYTES - 200): Buffer {
    const bits = new BitWriter();
    bits.unsignedExpGolomb(this.#pick([0, 0, 1, 255, 300]));
    bits.unsignedExpGolomb(this.#pick([0, 0, 1, 31, 40]));
    return Buffer.concat([Buffer.of(0x68), bits.finish(), this.#bytes(maxBytes)]);
  }

  #idr(): Buffer {
    const bits = new BitWriter();
    bits.unsignedExpGolomb(this.#pick([0, 0, 0, 5]));
    bits.unsignedExpGolomb(7);
    bits.unsignedExpGolomb(this.#pick([0, 0, 1, 255]));
    return Buffer.concat([Buffer.of(0x65), bits.finish(), this.#bytes(40)]);
  }

  #aggregate(nals: Buffer[]): Buffer {
    const parts = nals.flatMap((nal) => [Buffer.of(nal.length >> 8, nal.length & 0xff), nal]);
    return Buffer.concat([Buffer.of(0x78), ...parts]);
  }

  #fragment(): Buffer {
    const flags = this.#pick([0x80, 0x00, 0x40, 0xc0]);
    return Buffer.concat([Buffer.of(0x7c, flags | this.#pick([1, 5, 7, 8])), this.#bytes(200)]);
  }

  #vp8(): Buffer[] {
    const keyframe = {
      width: this.#pick([0, 16, 48, 320, 4095, 16383]),
      height: this.#pick([0, 16, 48, 240, 2304]),
    };
    const header = encodeFrameHeader({
      ...(this.#chance(0.5) && { keyframe: { ...keyframe, scale: this.#int(4) } }),
      version: this.#pick([0, 0, 0, 3, 7]),
      shown: this.#chance(0.9),
      firstPartitionBytes: this.#pick([0, 2, 20, 5000]),
    });
    this.#picture += 1;
    const frame = Buffer.concat([header, this.#bytes(2000)]);
    return this.#pick<() => Buffer[]>([
      () => packetizeVp8(frame, this.#picture % 2 ** 15, MAX_PAYLOAD_BYTES),
      () => packetizeVp8(frame, this.#picture % 2 ** 15, MAX_PAYLOAD_BYTES),
      () =>
        [
          Buffer.concat([
            encodeDescriptor({ startsPartition: this.#chance(0.5), partition: this.#int(8) }),
            frame,
          ]),
        ].map((payload) => payload.subarray(0, MAX_PAYLOAD_BYTES)),
      () => [this.#bytes(40)],
    ])();
  }

  #opus(): Buffer {
    return this.#pick([this.#bytes(60), this.#bytes(MAX_PAYLOAD_BYTES), Buffer.of(0x78), Buffer.alloc(0)]);
  }

  #rtcp(): Buffer {
    const report = senderReport(
      this.#pick([...Object.values(this.ssrc), this.#int(2 ** 32)]),
      {
        seconds: this.#pick([3_998_988_800 + this.#int(60), this.#int(2 ** 32)]),
        fraction: this.#int(2 ** 32),
      },
      this.#pick([...Object.values(this.#timestamp), this.#int(2 ** 32)]),
      this.#int(2 ** 32),
    );
    const anything = Buffer.concat([Buffer.of(0x80 | this.#int(64), 192 + this.#int(32)), this.#bytes(60)]);
    return this.#pick([report, report, this.#damaged(report), report.subarray(0, this.#int(28)), anything]);
  }

  #rtp(kind: Kind, payload: Buffer, marker: boolean): Buffer {
    this.#sequence[kind] = this.#next(this.#sequence[kind], 1, 2 ** 16);
    const ssrc = this.#chance(0.98) ? this.ssrc[kind] : this.#int(2 ** 32);
    const payloadType = this.#chance(0.98) ? PAYLOAD_TYPE[kind] : this.#int(64);
    const [sequence, timestamp] = [this.#sequence[kind], this.#timestamp[kind]];
    const packet = rtpPacket({ payloadType, sequence, timestamp, ssrc, marker, payload });
    return this.#chance(0.02) ? this.#damaged(packet) : packet;
  }

  /** Nearly always what follows; else a little or far beside it. */
  #next(before: number, step: number, range: number): number {
    const leap = this.#pick([this.#int(range), 30 * step, -3 * step, 0]);
    return (((before + (this.#chance(0.97) ? step : leap)) % range) + range) % range;
  }

  #damaged(bytes: Buffer): Buffer {
    const copy = Buffer.from(bytes);
    for (let i = 0; i < 3 && copy.length > 0; i += 1) copy[this.#int(copy.length)] = this.#int(256);
    return copy.subarray(0, this.#chance(0.3) ? this.#int(copy.length + 1) : copy.length);
  }

  #bytes(max: number): Buffer {
    return Buffer.from(Array.from({ length: this.#int(max) }, () => this.#int(256)));
  }

  #int(below: number): number {
    return Math.floor(this.#random() * below);
  }

  #chance(share: number): boolean {
    return this.#random() < share;
  }

  #pick<T>(list: readonly T[]): T {
    return list[this.#int(list.length)] as T;
  }
}
