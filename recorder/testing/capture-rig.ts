import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Fault } from '#protocol/errors.ts';
import { compactUtc } from '#protocol/identifiers.ts';
import type { ManifestFile } from '#protocol/manifest.ts';
import type { AudioCodec } from '#protocol/people.ts';
import type { RecordedStream } from '#protocol/recorder.ts';
import { Places } from '#service/places.ts';
import type { ManualClock } from '#service/testing/manual-clock.ts';
import { AacEncoder } from '../audio/aac-encoder.ts';
import { KeptSounds } from '../audio/kept-sound.ts';
import { OpusDecoder } from '../audio/opus-decoder.ts';
import { SILENT_FRAMES } from '../audio/silent-frames.ts';
import { StreamTranscoder } from '../audio/stream-transcoder.ts';
import { TICK_MS } from '../control/recorder.ts';
import type { WriteAllowance } from '../file/allowances.ts';
import { RecordedFile } from '../file/recorded-file.ts';
import type { OpenAudio } from '../file/take.ts';
import { PersonRecorder } from '../person/person-recorder.ts';
import { openStream, openTake } from '../pipeline.ts';
import { AppendFile, MAX_PENDING_BYTES } from '../storage/append-file.ts';
import { repairFile } from '../storage/repair-file.ts';
import { Clocks } from '../timeline/clocks.ts';
import type { TranscodePool } from '../transcode/transcode-pool.ts';
import { FIRST_SSRC, PAYLOAD_TYPE } from './simulated-sfu.ts';

export const STREAMS: readonly RecordedStream[] = [
  {
    streamId: 'video',
    source: 'camera',
    kind: 'video',
    codec: { mimeType: 'video/H264', payloadType: PAYLOAD_TYPE.video, clockRate: 90_000 },
    ssrc: FIRST_SSRC.video,
    paused: false,
  },
  {
    streamId: 'audio',
    source: 'microphone',
    kind: 'audio',
    codec: { mimeType: 'audio/opus', payloadType: PAYLOAD_TYPE.audio, clockRate: 48_000, channels: 2 },
    ssrc: FIRST_SSRC.audio,
    paused: false,
  },
];

const NO_TRANSCODES: Pick<TranscodePool, 'open'> = {
  open: () => {
    throw new Error('nothing here is converted');
  },
};

/** Of one simulation. */
const MAX_TAKES = 16;
const MAX_SCREENS = 4;

/** What became of a recording. */
export interface Captured {
  /** The last file, and its entry in the manifest. */
  file: Buffer;
  entry: ManifestFile;
  entries: ManifestFile[];
  /** What could not be written, in words. */
  failures: string[];
  /** The file's first tag, epoch ms. */
  originMs: number;
}

/**
 * The recorder's whole way from datagram to file, with its real stages and codecs, under a clock that the test moves.
 * Codecs run in this process: how they answer does not then depend on how fast the machine is.
 */
export class CaptureRig {
  readonly #clock: ManualClock;
  readonly #clocks: Clocks;
  readonly #startedAtMs: number;
  readonly #folder: string;
  readonly #transcodes: TranscodePool | undefined;
  readonly #codec: AudioCodec;
  readonly #onFeedback: (datagram: Buffer) => void;
  readonly #failures: string[] = [];
  #file: AppendFile | undefined;
  #failingUntilMs = 0;
  /** Their connection is lost. */
  awaySinceMs: number | undefined;
  #person: PersonRecorder | undefined;
  #stopTicking: () => void = () => undefined;

  /** @param options.transcodes where the camera sends VP8; `codec` of the sound, AAC when left out */
  constructor(options: {
    clock: ManualClock;
    folder: string;
    transcodes?: TranscodePool | undefined;
    codec?: AudioCodec | undefined;
    onFeedback: (datagram: Buffer) => void;
  }) {
    this.#clock = options.clock;
    this.#clocks = new Clocks(
      () => options.clock.nowMs(),
      () => 0,
    );
    this.#folder = options.folder;
    this.#transcodes = options.transcodes;
    this.#codec = options.codec ?? 'aac';
    this.#onFeedback = options.onFeedback;
    this.#startedAtMs = options.clock.nowMs();
  }

  async open(): Promise<void> {
    if (this.#codec === 'aac') await prepareDecoders();
    const transcodes = this.#transcodes ?? NO_TRANSCODES;
    this.#person = await PersonRecorder.open(
      {
        ...{ connectionId: 'ada', clocks: this.#clocks },
        awaySinceMs: () => this.awaySinceMs,
        openStream: (stream, sink) => openStream({ clocks: this.#clocks, transcodes }, stream, sink),
        openFile: (source, allowance) => this.#openFile('ada', source, allowance),
        unforeseen: (cause) => {
          throw cause;
        },
        transcodesAtMost: this.#transcodes?.max ?? 0,
        places: new Places(1),
      },
      async () => ({
        endpoint: { address: '127.0.0.1', port: 1 },
        ...{ strangers: 0, unsent: 0 },
        connect: () => undefined,
        send: (datagram) => this.#onFeedback(datagram),
        drain: () => false,
        close: () => undefined,
      }),
    );
    for (const stream of STREAMS) this.#person.addStream(this.described(stream));
    this.#stopTicking = this.#clock.every(TICK_MS, () => this.person.tick(this.#clocks.now()));
  }

  /** One of the streams, in the codec of this camera. */
  described(stream: RecordedStream): RecordedStream {
    const isVp8 = stream.kind === 'video' && this.#transcodes;
    return isVp8 ? { ...stream, codec: { ...stream.codec, mimeType: 'video/VP8' } } : { ...stream };
  }

  get person(): PersonRecorder {
    if (!this.#person) throw new Error('open() comes first');
    return this.#person;
  }

  async stop(): Promise<Captured> {
    this.#stopTicking();
    await this.person.close();
    const entries = this.person.describe(this.#startedAtMs);
    const entry = entries.at(-1);
    if (!entry) throw new Error('nothing was recorded');
    const file = await readFile(join(this.#folder, entry.name));
    const originMs = this.#startedAtMs + entry.startOffsetMs;
    return { file, entry, entries, originMs, failures: this.#failures };
  }

  /** The open file takes nothing more, and none can be created until then. */
  failWritesUntil(ms: number): void {
    this.#failingUntilMs = ms;
    this.#file?.append([Buffer.alloc(MAX_PENDING_BYTES + 1)], this.#clock.nowMs());
  }

  #openFile(connectionId: string, source: 'camera' | 'screen', allowance: WriteAllowance): RecordedFile {
    return new RecordedFile({
      connectionId,
      ...{ personName: () => 'Ada', source, allowance },
      host: {
        create: async (originMs) => {
          if (this.#clock.nowMs() < this.#failingUntilMs)
            throw new Fault('storage-unwritable', 'the disk is failing');
          const name = `${connectionId}-${compactUtc(originMs)}.flv`;
          this.#file = await AppendFile.create(join(this.#folder, name));
          return { name, file: this.#file };
        },
        changed: () => undefined,
        failed: (_, cause) => this.#failures.push(cause.message),
        repair: async (name) => {
          const repair = await repairFile(join(this.#folder, name));
          return repair && { durationMs: repair.durationMs, bytes: repair.truncateTo };
        },
        noted: (name, code) => this.#failures.push(`${name}: ${code}`),
        nowMs: () => this.#clock.nowMs(),
        after: (delayMs, task) => this.#clock.after(delayMs, task),
      },
      openTake: (output) =>
        openTake({
          source,
          encoder: 'Verbatim test',
          codec: this.#codec,
          nowMs: this.#clock.nowMs(),
          output,
          openAudio: this.#codec === 'aac' ? openAudio : keepAudio,
        }),
    });
  }
}

/** Made beforehand, by their channels: a take is opened without waiting. A screen's sound is stereo. */
const spareDecoders: Record<1 | 2, OpusDecoder[]> = { 1: [], 2: [] };

async function prepareDecoders(): Promise<void> {
  for (const [channels, takes] of [
    [1, MAX_TAKES],
    [2, MAX_SCREENS],
  ] as const) {
    const spare = spareDecoders[channels];
    while (spare.length < takes) spare.push(await OpusDecoder.open(channels));
  }
}

const keepAudio: OpenAudio = (channels, onFrames) => new KeptSounds().open({ channels, onFrames });

const openAudio: OpenAudio = (channels, onFrames) => {
  const decoder = spareDecoders[channels].pop();
  if (!decoder) throw new Error('no decoder is prepared for this take');
  const encoder = new AacEncoder(channels);
  const silentFrame = SILENT_FRAMES[channels];
  const stream = new StreamTranscoder({ channels, decoder, encoder, silentFrame, firstFrame: 0 });
  return {
    push: ({ lostSamples = 0, payload, positionSamples }) => {
      stream.lose(lostSamples);
      onFrames(stream.push(positionSamples, payload));
    },
    advance: (toSample) => onFrames(stream.advance(toSample)),
    finish: async (endSample) => onFrames(stream.finish(endSample)),
    giveUp: () => undefined,
    behindSamples: 0,
    close: () => {
      decoder[Symbol.dispose]();
      encoder[Symbol.dispose]();
    },
  };
};
