import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '#service/clock.ts';
import { silentLog } from '#service/log.ts';
import { readManifest } from '#store/manifest-file.ts';
import { AudioPool } from '../../audio/audio-pool.ts';
import { Recordings } from '../../storage/recordings.ts';
import type { Recorder } from '../recorder.ts';
import { type Limits, newRecording, openRecorder } from './open-recorder.ts';
import { sendMedia, streams } from './sent-media.ts';

type Kinds = readonly ('audio' | 'video')[];

/** A folder, audio workers and the port of an SFU: all that real RTP needs to become a file. */
export class RecordingPlace {
  readonly root: string;
  readonly audio: AudioPool;
  readonly #sfu: Socket;

  private constructor(root: string, audio: AudioPool, sfu: Socket) {
    this.root = root;
    this.audio = audio;
    this.#sfu = sfu;
  }

  static async open(): Promise<RecordingPlace> {
    const root = await mkdtemp(join(tmpdir(), 'verbatim-recorder-'));
    const audio = new AudioPool({ log: silentLog, clock: systemClock, size: 2 });
    await audio.start();
    const sfu = createSocket('udp4').bind(0, '127.0.0.1');
    await once(sfu, 'listening');
    return new RecordingPlace(root, audio, sfu);
  }

  openRecorder(limits: Limits = {}): Recorder {
    return openRecorder({ recordings: new Recordings(this.root), audio: this.audio, ...limits });
  }

  folder(recordingId: string): string {
    return join(this.root, recordingId);
  }

  /** Somebody whose media may come. @returns the port that they are to be sent to */
  async receive(
    recorder: Recorder,
    recordingId: string,
    connectionId: string,
    kinds: Kinds,
  ): Promise<number> {
    const key = { recordingId, connectionId };
    const { endpoint } = await recorder.commands.openReceiver(key);
    const from = { address: '127.0.0.1', port: this.#sfu.address().port };
    await recorder.commands.connectReceiver({ ...key, from });
    for (const kind of kinds) await recorder.commands.addStream({ ...key, stream: { ...streams[kind] } });
    return endpoint.port;
  }

  send(port: number, seconds: number, kinds: Kinds): Promise<void> {
    return sendMedia(this.#sfu, port, seconds, kinds);
  }

  /** One packet as it is, from the SFU. */
  sendPacket(port: number, datagram: Buffer): void {
    this.#sfu.send(datagram, port, '127.0.0.1');
  }

  /** Two seconds of Alice, from Record to Stop. @param during what happens meanwhile */
  async recordAlice(recorder: Recorder, kinds: Kinds, during?: (recordingId: string) => Promise<void>) {
    const params = newRecording();
    const { recordingId, startedAtMs: atMs } = params;
    await recorder.commands.start(params);
    const session = await recorder.session(recordingId);
    session.takeFacts([
      { seq: 1, atMs, type: 'joined', connectionId: 'alice-1', name: 'Alice', role: 'host' },
    ]);
    const port = await this.receive(recorder, recordingId, 'alice-1', kinds);
    await Promise.all([this.send(port, 2, kinds), during?.(recordingId)]);
    const stopped = await recorder.commands.stop({ recordingId, reason: 'host', lastFact: 1 });
    const folder = this.folder(recordingId);
    return { manifest: await readManifest(folder), stopped, folder };
  }

  async close(): Promise<void> {
    this.#sfu.close();
    await this.audio.close();
    await rm(this.root, { recursive: true });
  }
}
