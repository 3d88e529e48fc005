import { join } from 'node:path';
import { Fault } from '#protocol/errors.ts';
import type { AudioCodec, FileSource } from '#protocol/people.ts';
import type { RecordedStream } from '#protocol/recorder.ts';
import { stackOf } from '#service/log.ts';
import { H264Depacketizer } from './depacketize/h264.ts';
import { OpusDepacketizer } from './depacketize/opus.ts';
import { Vp8Depacketizer } from './depacketize/vp8.ts';
import type { WriteAllowance } from './file/allowances.ts';
import { PictureTrack } from './file/picture-track.ts';
import { RecordedFile } from './file/recorded-file.ts';
import { TagStream } from './file/tag-stream.ts';
import { channelsOf, type OpenAudio, Take, type TakeOutput } from './file/take.ts';
import { Conversion, type MediaPath, type MediaSink, PicturePath, SoundPath } from './person/media-path.ts';
import type { PersonHost } from './person/person-host.ts';
import { PersonRecorder } from './person/person-recorder.ts';
import { StreamInput } from './person/stream-input.ts';
import type { SessionContext } from './session-context.ts';
import { repairFile } from './storage/repair-file.ts';
import { StreamClock } from './timeline/stream-clock.ts';
import type { PictureTranscoder, TranscoderListener } from './transcode/picture-transcoder.ts';

// A packet's way, from the datagram to bytes on disk: the stages in the order in which it meets them, each put before its
// next one here and nowhere else. What a stage does is in the file that it is imported from.

/** 1. A person's socket: it takes datagrams from the SFU's transport alone. The person finds each one's stream. */
export function openPerson(
  context: SessionContext,
  connectionId: string,
  recording: Pick<PersonHost, 'awaySinceMs' | 'openFile'>,
): Promise<PersonRecorder> {
  const { clocks, log, places, sockets, transcodes } = context;
  return PersonRecorder.open(
    {
      ...recording,
      ...{ connectionId, clocks, places, transcodesAtMost: transcodes.max },
      openStream: (stream, sink) => openStream(context, stream, sink),
      unforeseen: (cause) => log.error('person-unforeseen', { connectionId, cause: stackOf(cause) }),
    },
    (onDatagram) => sockets.bind(onDatagram),
  );
}

interface StreamContext extends Pick<SessionContext, 'clocks'> {
  /** What converts pictures. */
  readonly transcodes: { open(listener: TranscoderListener): PictureTranscoder };
}

/** 2. A stream: its packets in order (rtp), each with its place in time (timeline). @throws Fault `stream-unsupported` */
export function openStream(context: StreamContext, stream: RecordedStream, sink: MediaSink): StreamInput {
  const { clocks } = context;
  const { clockRate } = stream.codec;
  const clock = new StreamClock({ clockRate, kind: stream.kind, sfuMs: (ourMs) => clocks.sfuMs(ourMs) });
  const path = openPath(context, stream, clock, sink);
  return new StreamInput({ stream, clocks, clock, path, sink });
}

/** 3. What its packets hold (depacketize), with the instant of its capture: sound, pictures, pictures to be converted. */
function openPath(
  { transcodes }: StreamContext,
  stream: RecordedStream,
  clock: StreamClock,
  sink: MediaSink,
): MediaPath {
  const { clockRate, mimeType, parameters } = stream.codec;
  switch (`${stream.kind} ${mimeType.toLowerCase()}`) {
    case 'audio audio/opus':
      return new SoundPath(new OpusDepacketizer(), clock, clockRate, sink);
    case 'video video/h264': {
      const sprop = parameters?.['sprop-parameter-sets'];
      const h264 = new H264Depacketizer(typeof sprop === 'string' ? { spropParameterSets: sprop } : {});
      return new PicturePath(h264, clock, (unit, captureMs) => sink.unit(unit, captureMs));
    }
    case 'video video/vp8': {
      const toH264 = new Conversion(transcodes.open(sink), () => stream.paused);
      const next = toH264.push.bind(toH264);
      return new PicturePath(new Vp8Depacketizer(), clock, next, toH264);
    }
    default:
      throw new Fault('stream-unsupported', `${mimeType} cannot be recorded, only Opus, H.264 and VP8.`);
  }
}

/**
 * 4. The take: both tracks, without a hole, from the first tag on. Sound becomes AAC, or stays as it was sent (audio); pictures get their order and the slate
 * between them; 5. both are brought into one order and become tags (flv).
 */
export function openTake(options: {
  source: FileSource;
  encoder: string;
  codec: AudioCodec;
  /** The SFU's clock. */
  nowMs: number;
  output: TakeOutput;
  openAudio: OpenAudio;
}): Take {
  const { codec, encoder, nowMs, openAudio, output, source } = options;
  const channels = channelsOf(source);
  const append = output.write;
  const tags = new TagStream({ encoder, createdAtMs: nowMs, codec, channels, append });
  const pictures = new PictureTrack((timestampMs, picture) => tags.picture(timestampMs, picture));
  const take: Take = new Take({
    ...{ source, codec, nowMs, tags, pictures, begin: output.begin },
    sound: openAudio(
      channels,
      (frames) => tags.sound(frames),
      (gap) => take.soundIsMissing(gap),
    ),
  });
  return take;
}

/** 6. The file: bytes wait for the disk (storage), and what throws on their way ends it, whole. It is created with its first media. */
export function openFile(
  { audio, clock, clocks, encoder, log, recordings }: SessionContext,
  options: {
    recordingId: string;
    connectionId: string;
    personName: () => string;
    source: FileSource;
    /** By how much the wall clock, which names are of, is ahead of the SFU's. */
    wallAheadMs: number;
    /** Whether the folder is surely ours at this instant. */
    mayWrite(): boolean;
    allowance: WriteAllowance;
    onChange(): void;
    /** @param code of docs/errors.md */
    onProblem(code: string, message: string): void;
  },
): RecordedFile {
  const { allowance, connectionId, mayWrite, personName, recordingId, source } = options;
  const file: RecordedFile = new RecordedFile({
    ...{ connectionId, personName, source, allowance },
    host: {
      create: (originMs) =>
        recordings.createFile(recordingId, connectionId, originMs + options.wallAheadMs, mayWrite),
      changed: options.onChange,
      failed: (name, { cause, code, message }) => {
        log.error('file-failed', { recordingId, name, code, cause: cause ? stackOf(cause) : message });
        options.onProblem(code, `${name}: ${message}`);
      },
      noted: (name, code) => options.onProblem(code, `${name}: ${new Fault(code).message}`),
      repair: async (name) => {
        const repair = await repairFile(join(recordings.folder(recordingId), name));
        return repair && { durationMs: repair.durationMs, bytes: repair.truncateTo };
      },
      nowMs: () => clock.nowMs(),
      after: (delayMs, task) => clock.after(delayMs, task),
    },
    openTake: (output) =>
      openTake({
        ...{ source, encoder, codec: audio.codec, nowMs: clocks.now().sfuMs, output },
        openAudio: (channels, onFrames, onGap) =>
          audio.open({
            channels,
            onFrames: (frames) => file.guard(() => onFrames(frames)),
            onGap: (gap) => file.guard(() => onGap(gap)),
          }),
      }),
  });
  return file;
}
