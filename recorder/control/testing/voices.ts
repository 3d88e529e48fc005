import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { systemClock } from '#service/clock.ts';
import { opusBursts } from '../../testing/opus-bursts.ts';
import { rtpPacket } from '../../testing/wire.ts';
import type { Recorder } from '../recorder.ts';
import { streams } from './sent-media.ts';

const PACKET_MS = 20;
const PACKET_TICKS = 960;

/** People who talk all the time: real Opus in real RTP, from one socket that stands for the SFU's transports. */
export class Voices {
  readonly #socket: Socket;
  readonly #packets = opusBursts();
  readonly #ports: number[] = [];
  readonly #stop: () => void;
  #sent = 0;
  readonly #beganMs = systemClock.nowMs();

  private constructor(socket: Socket) {
    this.#socket = socket;
    this.#stop = systemClock.every(PACKET_MS, () => this.#send());
  }

  static async open(): Promise<Voices> {
    const socket = createSocket('udp4').bind(0, '127.0.0.1');
    await once(socket, 'listening');
    return new Voices(socket);
  }

  /** So many people more, in this recording. */
  async join(recorder: Recorder, recordingId: string, count: number): Promise<void> {
    const from = { address: '127.0.0.1', port: this.#socket.address().port };
    for (let index = 0; index < count; index += 1) {
      const key = { recordingId, connectionId: `person-${index}` };
      const { endpoint } = await recorder.commands.openReceiver(key);
      await recorder.commands.connectReceiver({ ...key, from });
      await recorder.commands.addStream({ ...key, stream: { ...streams.audio } });
      this.#ports.push(endpoint.port);
    }
  }

  close(): void {
    this.#stop();
    this.#socket.close();
  }

  /** All that is due: on a busy machine several at once, as a network that was held up brings them. */
  #send(): void {
    const due = Math.floor((systemClock.nowMs() - this.#beganMs) / PACKET_MS);
    for (; this.#sent < due; this.#sent += 1) {
      const datagram = rtpPacket({
        payloadType: streams.audio.codec.payloadType,
        sequence: this.#sent & 0xffff,
        timestamp: (this.#sent * PACKET_TICKS) >>> 0,
        ssrc: streams.audio.ssrc,
        marker: false,
        payload: this.#packets[this.#sent % this.#packets.length] ?? Buffer.alloc(0),
      });
      for (const port of this.#ports) this.#socket.send(datagram, port, '127.0.0.1');
    }
  }
}
