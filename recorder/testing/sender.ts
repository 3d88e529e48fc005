import type { Clock } from '#service/clock.ts';
import { CodedCamera } from './coded-camera.ts';
import { opusBursts } from './opus-bursts.ts';

/** A packet as it leaves a browser, and when its media were captured. */
export interface SentPacket {
  kind: 'audio' | 'video';
  /** Counts the packets of its kind. */
  index: number;
  /** Counts the encoders of its kind. */
  encoder: number;
  /** 16 bits */
  sequence: number;
  /** 32 bits */
  timestamp: number;
  marker: boolean;
  payload: Buffer;
  captureMs: number;
}

const AUDIO_CLOCK_RATE = 48_000;
const OPUS_MS = 20;
const DTX_MS = 400;
const DTX = Buffer.of(0x78);
const VIDEO_CLOCK_RATE = 90_000;
/** Small enough that a picture needs several. */
const MAX_PAYLOAD_BYTES = 1000;
const bursts = opusBursts();

/** What makes the pictures of a sender. */
export interface Camera {
  /** The packets of a picture. @param keyframe one was asked for: it may take its time */
  packets(number: number, keyframe: boolean): Buffer[];
}

/**
 * A browser with a coded camera and a microphone full of bursts. Its clock may run fast or slow, and it knows exactly
 * when it captured what.
 */
export class Sender {
  readonly #clock: Clock;
  readonly #onPacket: (packet: SentPacket) => void;
  readonly #camera: Camera;
  readonly #startMs: number;
  readonly #stretch: number;
  readonly #frameMs: number;
  readonly #quiet: boolean;
  #first: Record<SentPacket['kind'], { sequence: number; timestamp: number }>;
  readonly #sent = { audio: 0, video: 0 };
  readonly #encoder = { audio: 0, video: 0 };
  readonly #paused = { audio: false, video: false };
  #picture = 0;
  #sound = 0;
  #keyframeWanted = true;
  #stopped = false;

  /**
   * @param options.camera one that sends H.264 when none is given
   * @param options.driftPpm how much slower than the SFU's its clock runs
   * @param options.first sequence numbers and timestamps to begin with
   * @param options.quiet the microphone hears nothing: Opus DTX, a packet every 400 ms (RFC 7587 §3.1.3)
   */
  constructor(options: {
    clock: Clock;
    camera?: Camera;
    driftPpm?: number;
    framesPerSecond?: number;
    first?: { sequence: number; timestamp: number };
    quiet?: boolean;
    onPacket: (packet: SentPacket) => void;
  }) {
    this.#clock = options.clock;
    this.#onPacket = options.onPacket;
    this.#camera = options.camera ?? h264Camera();
    this.#startMs = options.clock.nowMs();
    this.#stretch = 1 + (options.driftPpm ?? 0) / 1e6;
    this.#frameMs = 1000 / (options.framesPerSecond ?? 30);
    this.#quiet = options.quiet ?? false;
    const first = options.first ?? { sequence: 65_000, timestamp: 2 ** 32 - 500_000 };
    this.#first = { audio: first, video: first };
    this.#nextPicture();
    this.#soundLater(0);
  }

  /** When picture `number` was captured. */
  pictureMs(number: number): number {
    return this.#startMs + number * this.#frameMs * this.#stretch;
  }

  /** When the sound of second `number` began. */
  soundMs(number: number): number {
    return this.#startMs + number * 1000 * this.#stretch;
  }

  requestKeyframe(): void {
    this.#keyframeWanted = true;
  }

  /** Nothing of this kind is sent, while time goes on: muted, camera off. */
  pause(kind: SentPacket['kind'], paused: boolean): void {
    this.#paused[kind] = paused;
  }

  /** Sequence numbers and timestamps go on from elsewhere, as of another encoder. */
  renumber(kind: SentPacket['kind'], first: { sequence: number; timestamp: number }): void {
    this.#first = { ...this.#first, [kind]: first };
    this.#encoder[kind] += 1;
    if (kind === 'video') this.#keyframeWanted = true;
  }

  stop(): void {
    this.#stopped = true;
  }

  #nextPicture(): void {
    if (this.#stopped) return;
    const captureMs = this.pictureMs(this.#picture);
    const payloads = this.#camera.packets(this.#picture, this.#keyframeWanted);
    this.#keyframeWanted = false;
    const ticks = Math.round((this.#picture * this.#frameMs * VIDEO_CLOCK_RATE) / 1000);
    payloads.forEach((payload, index) => {
      this.#send('video', ticks, payload, index === payloads.length - 1, captureMs);
    });
    this.#picture += 1;
    const inMs = this.pictureMs(this.#picture) - this.#clock.nowMs();
    this.#clock.after(Math.max(0, inMs), () => this.#nextPicture());
  }

  #nextSound(): void {
    if (this.#stopped) return;
    const intervalMs = this.#quiet ? DTX_MS : OPUS_MS;
    const mediaMs = this.#sound * intervalMs;
    const payload = this.#quiet ? DTX : (bursts[this.#sound % bursts.length] as Buffer);
    const ticks = (mediaMs * AUDIO_CLOCK_RATE) / 1000;
    this.#send('audio', ticks, payload, false, this.#startMs + mediaMs * this.#stretch);
    this.#sound += 1;
    this.#soundLater(this.#sound * intervalMs);
  }

  /** A packet is sent once its last sample is captured. @param mediaMs where its first one is */
  #soundLater(mediaMs: number): void {
    const atMs = this.#startMs + (mediaMs + OPUS_MS) * this.#stretch;
    this.#clock.after(Math.max(0, atMs - this.#clock.nowMs()), () => this.#nextSound());
  }

  #send(kind: SentPacket['kind'], ticks: number, payload: Buffer, marker: boolean, captureMs: number): void {
    if (this.#paused[kind]) return;
    const { sequence, timestamp } = this.#first[kind];
    this.#onPacket({
      kind,
      index: this.#sent[kind],
      encoder: this.#encoder[kind],
      sequence: (sequence + this.#sent[kind]) % 2 ** 16,
      timestamp: (timestamp + ticks) % 2 ** 32,
      marker,
      payload,
      captureMs,
    });
    this.#sent[kind] += 1;
  }
}

function h264Camera(): Camera {
  const camera = new CodedCamera();
  return { packets: (number, keyframe) => packetize(camera.encode(number, keyframe)) };
}

/**
 * RFC 6184, packetization mode 1: parameter sets together, the slice as it is or in fragments.
 * @param nals one slice, parameter sets before it
 */
export function packetize(nals: Buffer[], maxPayloadBytes = MAX_PAYLOAD_BYTES): Buffer[] {
  const slice = nals.at(-1) as Buffer;
  const sets = nals.slice(0, -1).flatMap((nal) => [Buffer.of(nal.length >> 8, nal.length & 0xff), nal]);
  const aggregate = sets.length > 0 ? [Buffer.concat([Buffer.of(0x78), ...sets])] : [];
  if (slice.length <= maxPayloadBytes) return [...aggregate, slice];
  const header = slice.readUInt8(0);
  const pieces = Math.ceil((slice.length - 1) / maxPayloadBytes);
  const fragments = Array.from({ length: pieces }, (_, index) => {
    const flags = (index === 0 ? 0x80 : 0) | (index === pieces - 1 ? 0x40 : 0);
    const part = slice.subarray(1 + index * maxPayloadBytes, 1 + (index + 1) * maxPayloadBytes);
    return Buffer.concat([Buffer.of((header & 0xe0) | 28, flags | (header & 0x1f)), part]);
  });
  return [...aggregate, ...fragments];
}
