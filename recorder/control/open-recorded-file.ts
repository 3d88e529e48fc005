import { join } from 'node:path';
import { Fault } from '#protocol/errors.ts';
import type { FileSource } from '#protocol/people.ts';
import { stackOf } from '#service/log.ts';
import { RecordedFile } from '../file/recorded-file.ts';
import { Take } from '../file/take.ts';
import type { WriteAllowance } from '../file/write-allowance.ts';
import { repairFile } from '../storage/repair-file.ts';
import type { SessionContext } from './session-context.ts';

/** A person's next file in a recording, wired to disk, audio workers and log. It is created with its first media. */
export function openRecordedFile(
  context: SessionContext,
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
  const { audio, clock, encoder, log, recordings } = context;
  const { allowance, connectionId, personName, recordingId, source } = options;
  const file: RecordedFile = new RecordedFile({
    ...{ connectionId, personName, source, allowance },
    host: {
      create: (id, originMs) =>
        recordings.createFile(recordingId, id, originMs + options.wallAheadMs, options.mayWrite),
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
      new Take({
        source,
        encoder,
        nowMs: clock.nowMs() + context.sfuOffsetMs(),
        output,
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
