import type { ErrorBody, Fault } from '#protocol/errors.ts';
import type { Manifest } from '#protocol/manifest.ts';
import type { Log } from '#service/log.ts';
import type { RecordingSession } from './recording-session.ts';

/** A recording goes on for so long after its SFU is gone, then it is completed as interrupted. */
export const SFU_LOST_TIMEOUT_MS = 30_000;

/** A recording of this process, from its `start` on. It is known, and answers, until its files are complete. */
interface KnownRecording {
  readonly opened: Promise<RecordingSession>;
  /** Undefined while it is being opened. */
  session: RecordingSession | undefined;
  /** The SFU process that started it, or took it up. */
  startedBy: string | undefined;
  /** Since when its SFU is gone, up to its next `start`; of the time in which we ran. */
  sfuLostAtMs: number | undefined;
}

/** All recordings of this process, by id: how they begin, and how they end. */
export class KnownRecordings {
  readonly #known = new Map<string, KnownRecording>();
  readonly #log: Log;
  readonly #onEnded: (recordingId: string, error: ErrorBody) => void;

  /** @param onEnded a recording ended without Stop */
  constructor(log: Log, onEnded: (recordingId: string, error: ErrorBody) => void) {
    this.#log = log;
    this.#onEnded = onEnded;
  }

  [Symbol.iterator](): IterableIterator<KnownRecording> {
    return this.#known.values();
  }

  /** Those that are open, and those that are being completed. */
  get sessions(): RecordingSession[] {
    return [...this].flatMap(({ session }) => session ?? []);
  }

  get(recordingId: string): KnownRecording | undefined {
    return this.#known.get(recordingId);
  }

  /** It is known at once: what is asked right behind it, in the same turn, waits for it. */
  begin(recordingId: string, opening: Promise<RecordingSession>): KnownRecording {
    const opened = opening.then(
      (session) => {
        known.session = session;
        return session;
      },
      (cause) => {
        this.#known.delete(recordingId);
        throw cause;
      },
    );
    const known: KnownRecording = {
      ...{ opened, session: undefined, startedBy: undefined, sfuLostAtMs: undefined },
    };
    this.#known.set(recordingId, known);
    return known;
  }

  /** Completes it. @throws the error of the file system */
  async end(session: RecordingSession, reason: NonNullable<Manifest['stopReason']>): Promise<void> {
    let isFirst = false;
    try {
      await session.close(reason);
    } finally {
      // Its files are complete in any case. When the manifest could not say so, Recovery says it once the disk takes it.
      isFirst = this.#forget(session);
    }
    if (!isFirst) return;
    const { manifest, recordingId } = session;
    this.#log.info('recording-ended', { recordingId, reason, problems: manifest.problems.length });
  }

  /** It ends without Stop; of no effect on one that ends already: whoever has ended it is told what becomes of it. */
  endByItself(session: RecordingSession, reason: NonNullable<Manifest['stopReason']>, fault: Fault): void {
    if (session.isClosing) return;
    const { recordingId } = session;
    session.noteProblem(fault.code, fault.message);
    this.end(session, reason).catch((cause: Error) =>
      this.#log.error('recording-end-failed', { recordingId, cause: cause.message }),
    );
    // At once, whatever becomes of its files: nobody is recorded from here on [LIGHT5].
    this.#onEnded(recordingId, fault.toBody());
  }

  /** Another recorder has taken it over. */
  lost(session: RecordingSession, fault: Fault): void {
    this.#forget(session);
    this.#onEnded(session.recordingId, fault.toBody());
  }

  /** Answers whether it was known; not another one of its name, taken up since. */
  #forget(session: RecordingSession): boolean {
    const isKnown = this.#known.get(session.recordingId)?.session === session;
    return isKnown && this.#known.delete(session.recordingId);
  }
}

/** Why it is to end by itself now; undefined while it may go on. */
export function dueEnd(
  { sfuLostAtMs, startedAtMs }: Pick<KnownRecording, 'sfuLostAtMs'> & { startedAtMs: number },
  now: { sfuMs: number; awakeMs: number },
  maxRecordingMs: number,
): 'limit' | 'sfu-lost' | undefined {
  if (now.sfuMs - startedAtMs >= maxRecordingMs) return 'limit';
  const isLost = sfuLostAtMs !== undefined && now.awakeMs - sfuLostAtMs >= SFU_LOST_TIMEOUT_MS;
  return isLost ? 'sfu-lost' : undefined;
}
