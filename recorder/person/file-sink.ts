import type { FileSource } from '#protocol/people.ts';
import type { PersonFiles } from '../file/person-files.ts';
import type { RecordedFile } from '../file/recorded-file.ts';
import type { MediaSink } from './stream-input.ts';

/**
 * Where the media of a person's camera, or of their screen, go: into the file that there is. They come from sockets, timers
 * and converters; whichever it is, what throws over them ends their file.
 */
export function fileSink(
  files: PersonFiles,
  source: FileSource,
  times: {
    /** The SFU's clock minus ours. */
    sfuOffsetMs(): number;
    /** What was captured from then on is not written. */
    untilMs(): number;
  },
): MediaSink {
  const toFile = (work: (file: RecordedFile) => void): void => {
    const file = files.of(source);
    file?.guard(() => work(file));
  };
  return {
    arrived: (atMs) => toFile(({ take }) => take.arrived(atMs)),
    audio: (item, captureMs) => {
      if (captureMs < times.untilMs()) files.pushAudio(source, item, captureMs);
    },
    video: (unit, captureMs) => {
      if (captureMs < times.untilMs()) toFile(({ take }) => take.pushVideo(unit, captureMs));
    },
    interrupted: (cause, fromMs) => toFile(({ take }) => take.interruptVideo(cause, fromMs)),
    lost: (loss) => {
      const offsetMs = times.sfuOffsetMs();
      const toSfuMs = { fromMs: loss.fromMs + offsetMs, toMs: loss.toMs + offsetMs };
      toFile((file) => file.noteLoss({ ...loss, ...toSfuMs }));
    },
  };
}
