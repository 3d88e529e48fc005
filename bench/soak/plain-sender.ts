import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { epochMsToNtp, parseFeedback, rtpPacket, senderReport } from '#recorder/testing/wire.ts';
import { systemClock } from '#service/clock.ts';
import { type Item, LOOP_MS } from '../media.ts';

const TICK_MS = 10;
const REPORT_INTERVAL_MS = 1200;

/** A stream as it was produced, and what is played into it over and over, a keyframe first. */
export interface PlainStream {
  ssrc: number;
  payloadType: number;
  clockRate: number;
  items: readonly Item[];
}

interface Track extends PlainStream {
  next: number;
  /** When the loop that is being played began. */
  loopAtMs: number;
  sequence: number;
  firstAtMs: number;
  isPaused: boolean;
}

/** One person's devices: plays media at the pace of a camera and a microphone into a plain door, and heeds keyframe requests. */
export class PlainSender {
  readonly #socket: Socket;
  readonly #port: number;
  readonly #tracks = new Map<number, Track>();
  readonly #stops: (() => void)[];

  static async open(port: number): Promise<PlainSender> {
    const socket = createSocket('udp4').bind(0, '127.0.0.1');
    await once(socket, 'listening');
    return new PlainSender(socket, port);
  }

  private constructor(socket: Socket, port: number) {
    this.#socket = socket;
    this.#port = port;
    socket.on('message', (datagram) => this.#takeFeedback(datagram));
    this.#stops = [
      systemClock.every(TICK_MS, () => this.#play()),
      systemClock.every(REPORT_INTERVAL_MS, () => this.#report()),
    ];
  }

  add(stream: PlainStream): void {
    const nowMs = systemClock.nowMs();
    this.#tracks.set(stream.ssrc, {
      ...stream,
      next: 0,
      loopAtMs: nowMs,
      sequence: stream.ssrc % 2 ** 16,
      firstAtMs: nowMs,
      isPaused: false,
    });
  }

  /** Nothing is sent meanwhile; timestamps go on with the wall. */
  pause(ssrc: number, isPaused: boolean): void {
    const track = this.#tracks.get(ssrc);
    if (!track) return;
    track.isPaused = isPaused;
    if (!isPaused) restart(track, systemClock.nowMs());
  }

  remove(ssrc: number): void {
    this.#tracks.delete(ssrc);
  }

  close(): void {
    for (const stop of this.#stops) stop();
    this.#socket.close();
  }

  #play(): void {
    const nowMs = systemClock.nowMs();
    for (const track of this.#tracks.values()) if (!track.isPaused) this.#playTrack(track, nowMs);
  }

  #playTrack(track: Track, nowMs: number): void {
    for (;;) {
      const item = track.items[track.next];
      if (!item || track.loopAtMs + item.atMs > nowMs) return;
      this.#send(
        rtpPacket({
          ...track,
          timestamp: timestampAt(track, track.loopAtMs + item.atMs),
          marker: item.marker,
          payload: item.payload,
        }),
      );
      track.sequence = (track.sequence + 1) % 2 ** 16;
      track.next += 1;
      if (track.next < track.items.length) continue;
      track.next = 0;
      track.loopAtMs += LOOP_MS;
    }
  }

  #report(): void {
    const nowMs = systemClock.nowMs();
    for (const track of this.#tracks.values()) {
      if (!track.isPaused)
        this.#send(senderReport(track.ssrc, epochMsToNtp(nowMs), timestampAt(track, nowMs), 0));
    }
  }

  /** What got lost on the loopback stays lost; a keyframe that is asked for is the next picture. */
  #takeFeedback(datagram: Buffer): void {
    for (const { ssrc, type } of parseFeedback(datagram)) {
      const track = this.#tracks.get(ssrc);
      const due = track && type === 'pli' ? track.items[track.next] : undefined;
      if (track && due) restart(track, track.loopAtMs + due.atMs);
    }
  }

  #send(datagram: Buffer): void {
    this.#socket.send(datagram, this.#port, '127.0.0.1');
  }
}

/** Plays from the loop's beginning, where the keyframe is. */
function restart(track: Track, atMs: number): void {
  track.next = 0;
  track.loopAtMs = atMs;
}

function timestampAt({ clockRate, firstAtMs }: Track, atMs: number): number {
  return Math.round(((atMs - firstAtMs) * clockRate) / 1000) % 2 ** 32;
}
