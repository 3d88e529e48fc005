import { type ErrorBody, Fault } from '#protocol/errors.ts';
import type { Manifest } from '#protocol/manifest.ts';
import type { AudioCodec } from '#protocol/people.ts';
import {
  type Heartbeat,
  MAX_FILES_PER_RECORDING,
  type RecorderCommandParams,
  type RecorderCommandResult,
} from '#protocol/recorder.ts';
import type { Clock } from '#service/clock.ts';
import { inTime } from '#service/in-time.ts';
import { Places } from '#service/places.ts';
import { readManifest } from '#store/manifest-file.ts';
import type { SoundMaker } from '../audio/audio-transcoder.ts';
import { ReadFirst } from '../ingest/read-first.ts';
import type { SessionContext } from '../session-context.ts';
import { DISK_CHECK_MS, DiskWatch } from './disk-watch.ts';
import { dueEnd, KnownRecordings } from './known-recordings.ts';
import { openSession } from './open-session.ts';
import type { RecordingSession } from './recording-session.ts';
import type { CommandHandlers } from './sfu-link.ts';
import { describedPeople } from './told-facts.ts';

/** Receivers, reordering, silence and disk all move at this pace. */
export const TICK_MS = 50;
/** Sockets are read with each tick and between two: what comes is ordered, asked for again and put into files that much later at most. */
const READS_PER_TICK = 2;
/**
 * A Stop, and the end of a person, is answered within this, whatever has died [END3]: after the bounds of a take's end
 * (recorded-file.ts) only the disk can still hold it up, and nobody waits for that.
 */
export const RECORDER_ANSWERS_WITHIN_MS = 1700;
/** People of whom nothing has come: each holds a port all the same, and there are 1000 by default. */
export const MAX_IDLE_RECEIVERS = 500;

export interface RecorderOptions {
  context: Omit<SessionContext, 'places' | 'audio'>;
  /** Who makes the sound of a recording. @param codec this process's own choice when left out */
  audioIn(codec: AudioCodec | undefined): SoundMaker;
  /** Time in which we ran: who was silent while we did not may have spoken. */
  awake: Clock;
  recorderId: string;
  /** People recorded at once. */
  capacity: number;
  maxRecordingMs: number;
  minFreeBytes: number;
  /** A recording ended without Stop: nothing more is recorded, its files are being completed. */
  onEnded(recordingId: string, error: ErrorBody): void;
}

/** All recordings of this process, by id. Commands are idempotent, as protocol/recorder.ts says. */
export class Recorder {
  readonly #options: RecorderOptions;
  readonly #places: Places;
  readonly #known: KnownRecordings;
  readonly #stopCheckingDisk: () => void;
  readonly #disk = new DiskWatch<RecordingSession>();
  readonly #readFirst: ReadFirst;
  /** Undefined while nothing is recorded: a recorder that waits costs nothing. */
  #stopTicking: (() => void) | undefined;
  /** The process ends: what began now nobody would complete. */
  #isClosed = false;

  readonly commands: CommandHandlers = {
    start: (params) => this.#start(params),
    describe: (params) => this.#describe(params),
    openReceiver: (params) => this.#openReceiver(params),
    connectReceiver: async (params) =>
      nothing((await this.session(params.recordingId)).connectReceiver(params)),
    addStream: async (params) => nothing((await this.session(params.recordingId)).addStream(params)),
    removeStream: async (params) => nothing((await this.session(params.recordingId)).removeStream(params)),
    keepDoors: async ({ recordingId, doors }) => {
      (await this.session(recordingId)).doors = doors;
      return {};
    },
    closeReceiver: async (params) =>
      nothing(this.#answered((await this.session(params.recordingId)).closeReceiver(params))),
    stop: (params) => this.#stop(params),
  };

  constructor(options: RecorderOptions) {
    this.#options = options;
    this.#places = new Places(options.capacity);
    const { clock, log } = options.context;
    this.#known = new KnownRecordings(log, options.onEnded);
    this.#readFirst = new ReadFirst(clock, {
      isBatched: options.context.sockets.isBatched,
      drain: () => this.#known.sessions.reduce((any, session) => session.drain() || any, false),
    });
    this.#readFirst.rest();
    this.#stopCheckingDisk = clock.every(DISK_CHECK_MS, () => {
      this.#checkDisk().catch((cause: Error) => log.warn('disk-check-failed', { cause: cause.message }));
    });
  }

  /** Those being made. */
  get recordings(): readonly RecordingSession[] {
    return this.#known.sessions.filter(({ isClosing }) => !isClosing);
  }

  /** People of whom something has come. */
  get peopleCount(): number {
    return this.#places.taken;
  }

  has(recordingId: string): boolean {
    return this.#known.get(recordingId) !== undefined;
  }

  /**
   * Opens a recording, or takes up one that is known, in memory or on disk.
   * @throws Fault `disk-full`, `recording-owned`, `storage-unwritable`; `disk-stalled` while it is being completed,
   * `recorder-lost` when this process ends
   */
  async #start(params: RecorderCommandParams<'start'>): Promise<RecorderCommandResult<'start'>> {
    const { recordingId, sfuInstanceId } = params;
    if (this.has(recordingId)) await this.#untilComplete(recordingId);
    if (this.#isClosed) throw new Fault('recorder-lost');
    const known = this.#known.get(recordingId) ?? this.#begin(params);
    known.sfuLostAtMs = undefined;
    const session = await known.opened;
    const { lastFact } = session;
    if (known.startedBy === sfuInstanceId) session.sfuBack();
    known.startedBy = sfuInstanceId;
    return { lastFact };
  }

  /** One that is closing takes nobody in: it is complete first, then taken up anew. @throws Fault `disk-stalled` */
  async #untilComplete(recordingId: string): Promise<void> {
    const session = await this.#known.get(recordingId)?.opened.catch(() => undefined);
    if (session?.closing) await this.#answered(session.closing);
  }

  /**
   * What was said while we did not run is heard after the media that came before it.
   * @throws Fault `recording-not-found`
   */
  async session(recordingId: string): Promise<RecordingSession> {
    await this.#readFirst.caughtUp();
    const known = this.#known.get(recordingId);
    if (!known) throw new Fault('recording-not-found');
    return known.opened;
  }

  async #describe({
    recordingId,
    from = 0,
  }: RecorderCommandParams<'describe'>): Promise<RecorderCommandResult<'describe'>> {
    const session = await this.session(recordingId);
    const { audioCodec, doors, manifest } = session;
    const { lastFact, meeting, startedAtMs, wallAheadMs } = manifest;
    // Nobody can tell those facts again: a successor of ours that lacked one would take none that follow.
    if (from === 0) await session.save();
    return {
      meetingId: meeting.id,
      meetingName: meeting.name,
      startedAtMs,
      ...(wallAheadMs !== undefined && { wallAheadMs }),
      sfuInstanceId: this.#known.get(recordingId)?.startedBy ?? '',
      lastFact,
      audioCodec,
      ...describedPeople(manifest, from),
      ...(doors && { doors }),
    };
  }

  /** @throws Fault `recorder-full` */
  async #openReceiver(
    params: RecorderCommandParams<'openReceiver'>,
  ): Promise<RecorderCommandResult<'openReceiver'>> {
    const session = await this.session(params.recordingId);
    const receivers = this.#known.sessions.reduce((sum, { receivers }) => sum + receivers, 0);
    const idle = receivers - this.#places.taken;
    if (!session.knows(params.connectionId) && idle >= MAX_IDLE_RECEIVERS) throw new Fault('recorder-full');
    return session.openReceiver(params.connectionId);
  }

  /** Idempotent: a recording that has ended already answers with its files. */
  async #stop(params: RecorderCommandParams<'stop'>): Promise<RecorderCommandResult<'stop'>> {
    await this.#readFirst.caughtUp();
    const session = await this.#known.get(params.recordingId)?.opened;
    if (!session) return filesOf(await this.#ended(params.recordingId));
    if (session.lastFact < params.lastFact) {
      session.noteProblem('internal', `Facts ${session.lastFact + 1} to ${params.lastFact} did not arrive.`);
    }
    await this.#answered(this.#known.end(session, params.reason));
    return filesOf(session.manifest);
  }

  heartbeat(): Heartbeat {
    return {
      recordings: this.recordings.map((session) => ({
        recordingId: session.recordingId,
        lastFact: session.lastFact,
        files: session.progress(),
      })),
    };
  }

  /** The SFU is gone: recordings that it does not start again in time are completed. */
  sfuLost(): void {
    const nowMs = this.#options.awake.nowMs();
    // One that is being opened, too. Whoever was not taken up since an earlier loss is lost since then.
    for (const known of this.#known) known.sfuLostAtMs ??= nowMs;
    for (const session of this.recordings) session.sfuLost();
  }

  /** Completes everything, as on a graceful stop of the process. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#stopCheckingDisk();
    this.#stopTicking?.();
    this.#readFirst.rest();
    // One that fails holds none of the others up.
    const ends = this.#known.sessions.map((session) => this.#known.end(session, 'recorder-lost'));
    for (const end of await Promise.allSettled(ends)) if (end.status === 'rejected') throw end.reason;
  }

  #begin(params: RecorderCommandParams<'start'>): ReturnType<KnownRecordings['begin']> {
    const { audioIn, minFreeBytes, recorderId, ...options } = this.#options;
    const audio = audioIn(params.audioCodec);
    const context = { ...options.context, places: this.#places, audio };
    const opening = openSession(params, { context, minFreeBytes, recorderId }, (session) =>
      this.#known.lost(session, new Fault('recording-owned')),
    );
    return this.#known.begin(
      params.recordingId,
      opening.then((session) => {
        this.#keepTicking();
        return session;
      }),
    );
  }

  async #ended(recordingId: string): Promise<Manifest> {
    try {
      return await readManifest(this.#options.context.recordings.folder(recordingId));
    } catch (cause) {
      throw new Fault('recording-not-found', undefined, { cause });
    }
  }

  /** What was asked for, or within bounds the reason why it is not done yet: it goes on in any case. @throws Fault `disk-stalled` */
  async #answered(work: Promise<void>): Promise<void> {
    const { clock, log } = this.#options.context;
    if (await inTime(clock, RECORDER_ANSWERS_WITHIN_MS, work)) return;
    work.catch((cause: Error) => log.error('late-end-failed', { cause: cause.message }));
    throw new Fault(
      'disk-stalled',
      'The files are not complete yet: they are as soon as the disk takes them.',
    );
  }

  /** Apart from where recordings are opened: the timer would hold on to the first of them. */
  #keepTicking(): void {
    if (this.#stopTicking) return;
    this.#readFirst.begin();
    let reads = 0;
    this.#stopTicking = this.#options.context.clock.every(TICK_MS / READS_PER_TICK, () => {
      reads += 1;
      if (reads % READS_PER_TICK !== 0) this.#readFirst.read();
      else this.#readFirst.before((seenMs) => this.#tick(seenMs));
    });
  }

  /** @param seenMs all that had come by then was read */
  #tick(seenMs: number): void {
    if (this.#known.sessions.length === 0) {
      this.#stopTicking?.();
      this.#stopTicking = undefined;
      this.#readFirst.rest();
      return;
    }
    const { awake, context, maxRecordingMs } = this.#options;
    const now = { sfuMs: context.clocks.now().sfuMs, awakeMs: awake.nowMs() };
    for (const { session, sfuLostAtMs } of this.#known) {
      if (!session) continue;
      this.#tickSession(session, seenMs);
      const { startedAtMs } = session;
      const reason = dueEnd({ sfuLostAtMs, startedAtMs }, now, maxRecordingMs);
      if (reason) this.#known.endByItself(session, reason, END_FAULTS[reason]());
    }
  }

  /** What throws in one recording stops no other; what is one person's stops nobody else's in there either. */
  #tickSession(session: RecordingSession, seenMs: number): void {
    try {
      session.tick(seenMs);
    } catch (cause) {
      this.#known.endByItself(session, 'recorder-lost', new Fault('internal', undefined, { cause }));
    }
  }

  async #checkDisk(): Promise<void> {
    if (this.recordings.length === 0) return;
    const { context, minFreeBytes } = this.#options;
    const freeBytes = await context.recordings.freeBytes();
    const consumers = this.recordings.map((session) => ({ of: session, bytes: session.writtenBytes }));
    for (const session of this.#disk.look(freeBytes, minFreeBytes, consumers)) {
      const { recordingId, writtenBytes } = session;
      context.log.warn('disk-full', { recordingId, writtenBytes, freeBytes, recordings: consumers.length });
      const code = consumers.length > 1 ? 'disk-share' : 'disk-full';
      this.#known.endByItself(session, 'disk', new Fault(code));
    }
  }
}

/** What whoever is recorded is told of it. */
const END_FAULTS = {
  limit: () => new Fault('recording-off', 'The longest recording time was reached.'),
  'sfu-lost': () => new Fault('sfu-unreachable'),
};

async function nothing(work: Promise<void>): Promise<Record<string, never>> {
  await work;
  return {};
}

function filesOf(manifest: Manifest): RecorderCommandResult<'stop'> {
  const { files } = manifest;
  const names = files.map((file) => file.name).slice(0, MAX_FILES_PER_RECORDING);
  return { files: names, bytes: files.reduce((sum, file) => sum + file.bytes, 0) };
}
