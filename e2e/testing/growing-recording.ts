import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { sampleFile, sampleManifest, writeRecording } from '#archive/testing/sample.ts';
import { compactUtc } from '#protocol/identifiers.ts';
import type { Manifest } from '#protocol/manifest.ts';
import { FlvMuxer } from '#recorder/flv/flv-muxer.ts';
import { h264, silentAacFrame } from '#recorder/flv/testing/encoded-media.ts';
import { systemClock } from '#service/clock.ts';

const PICTURES_PER_S = 10;
const PICTURE_MS = 1000 / PICTURES_PER_S;
const AAC_FRAME_MS = 1024 / 48;
const GROWTH_PERIOD_MS = 100;

/** One person's recording that began a while ago and goes on in real time, as a recorder leaves it on the disk. */
export class GrowingRecording {
  readonly recordingId: string;
  readonly #root: string;
  readonly #startedAtMs: number;
  readonly #loop = h264('320x180', 20 * PICTURES_PER_S);
  readonly #muxer: FlvMuxer;
  readonly #name: string;
  #handle: FileHandle | undefined;
  /** Of the file so far. */
  bytes = 0;
  #nextPicture = 0;
  #nextSound = 0;
  #turn: Promise<void> = Promise.resolve();
  #stopGrowing: (() => void) | undefined;

  constructor(root: string, agoMs: number) {
    this.#root = root;
    this.#startedAtMs = Math.round(systemClock.nowMs() - agoMs);
    this.recordingId = `${compactUtc(this.#startedAtMs)}-0123abcd`;
    this.#name = `ada-${compactUtc(this.#startedAtMs)}.flv`;
    this.#muxer = new FlvMuxer({
      encoder: 'test',
      createdAtMs: this.#startedAtMs,
      channels: 1,
      sampleRate: 48000,
    });
  }

  /** Writes all up to now, and goes on from here. @param indexAgeMs how long ago the index was brought up to date */
  async start(indexAgeMs: number): Promise<void> {
    const folder = await writeRecording(this.#root, this.#manifest('recording'));
    this.#handle = await open(join(folder, this.#name), 'wx+');
    await this.#append([this.#muxer.begin()]);
    await this.#grow(systemClock.nowMs() - indexAgeMs);
    await this.#patch();
    await this.#grow(systemClock.nowMs());
    this.#stopGrowing = systemClock.every(GROWTH_PERIOD_MS, () => {
      this.#turn = this.#turn.then(() => this.#grow(systemClock.nowMs()));
    });
  }

  /** One picture, and no sound with it, once it has been left as it is. */
  addPicture(): Promise<void> {
    return this.#append(this.#picture());
  }

  /** Nothing comes any more: file and manifest are completed. */
  async stop(): Promise<void> {
    await this.end();
    await this.#patch();
    await this.#handle?.close();
    await writeRecording(this.#root, this.#manifest('complete'));
  }

  /** Leaves it as it is. */
  end(): Promise<void> {
    this.#stopGrowing?.();
    return this.#turn;
  }

  async #grow(nowMs: number): Promise<void> {
    const untilMs = nowMs - this.#startedAtMs;
    const chunks: Buffer[] = [];
    for (;;) {
      const pictureMs = this.#nextPicture * PICTURE_MS;
      const soundMs = this.#nextSound * AAC_FRAME_MS;
      if (Math.min(pictureMs, soundMs) > untilMs) break;
      if (pictureMs <= soundMs) chunks.push(...this.#picture());
      else {
        chunks.push(...this.#muxer.audio(silentAacFrame, soundMs));
        this.#nextSound += 1;
      }
    }
    await this.#append(chunks);
  }

  #picture(): Buffer[] {
    const picture = this.#loop[this.#nextPicture % this.#loop.length];
    const atMs = this.#nextPicture * PICTURE_MS;
    this.#nextPicture += 1;
    return picture ? this.#muxer.video(picture, atMs) : [];
  }

  async #append(chunks: readonly Buffer[]): Promise<void> {
    const all = Buffer.concat(chunks);
    await this.#handle?.appendFile(all);
    this.bytes += all.length;
  }

  async #patch(): Promise<void> {
    const { bytes, offset } = this.#muxer.metadata();
    await this.#handle?.write(bytes, 0, bytes.length, offset);
  }

  #manifest(state: 'recording' | 'complete'): Manifest {
    const durationMs = this.#muxer.durationMs;
    const file = sampleFile('ada', {
      name: this.#name,
      personName: 'Ada',
      state: state === 'recording' ? 'writing' : 'complete',
      startOffsetMs: 0,
      durationMs,
      bytes: this.bytes,
    });
    const { stoppedAtMs, ...sample } = sampleManifest(0);
    return {
      ...sample,
      recordingId: this.recordingId,
      meeting: { id: 'weekly', name: 'Weekly' },
      state,
      startedAtMs: this.#startedAtMs,
      ...(state === 'complete' && { stoppedAtMs: this.#startedAtMs + Math.ceil(durationMs) }),
      files: [file],
    };
  }
}
