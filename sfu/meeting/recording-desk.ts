import { randomBytes } from 'node:crypto';
import { type ErrorBody, Fault } from '#protocol/errors.ts';
import { makeRecordingId } from '#protocol/identifiers.ts';
import type { AudioCodec } from '#protocol/people.ts';
import { FULL_WORDS, MAX_KEPT_PEOPLE } from '#protocol/recorder.ts';
import type { RecordingState } from '#protocol/recording-state.ts';
import type { RequestResult } from '#protocol/signalling.ts';
import type { Clock } from '#service/clock.ts';
import { inTime } from '#service/in-time.ts';
import type { RecorderTransport } from '../media/recorder-transport.ts';
import type { FactLog } from '../recording/fact-log.ts';
import type { OrphanRecording } from '../recording/orphan-recordings.ts';
import { RecorderPath } from '../recording/recorder-path.ts';
import { Recording } from '../recording/recording.ts';
import type { RecordingOptions } from '../recording/recording-host.ts';
import type { StopReason } from '../recording/recording-states.ts';
import { Standby } from '../recording/standby.ts';
import type { Room } from '../room/room.ts';
import { GRACE_MS, type MeetingContext } from './meeting-context.ts';
import type { Visitor } from './visitor.ts';

/** Everybody is told this long before a recording reaches MAX_RECORDING_HOURS. */
export const LIMIT_WARNING_MS = 5 * 60_000;

/** Whoever wants to be erased learns by then whether it is done. */
export const ERASE_ANSWER_MS = 5000;

/** What a recording that was pressed for, and one that is taken up, differ in. */
interface Opening {
  start: Pick<RecordingOptions['start'], 'recordingId' | 'startedAtMs' | 'wallAheadMs' | 'audioCodec'>;
  /** The meeting's own, unless it was another one then. */
  meetingName?: string;
  lastFact?: number;
  begin(facts: FactLog): void;
}

export interface RecordingDeskOptions {
  meetingId: string;
  audioCodec?: AudioCodec | undefined;
  context: MeetingContext;
  room: Room;
  openTransport(): Promise<RecorderTransport>;
  /** Of those that one network may have recorded. @returns gives it back. @throws Fault `network-full` */
  takePlace(connectionId: string): () => void;
  /** Where somebody who is in comes from; undefined when that has no limit of its own. */
  networkOf(connectionId: string): string | undefined;
  /** A recording has ended, whoever ended it. */
  onOver(): void;
}

/** Starts and stops a meeting's recordings, one at a time, and keeps the room in step with them. */
export class RecordingDesk {
  readonly #options: RecordingDeskOptions;
  readonly #standby: Standby;
  #current: Recording | undefined;
  #cancelWarning: () => void = () => {};
  /** What the host has been told of in this recording. */
  readonly #told = new Set<string>();

  constructor(options: RecordingDeskOptions) {
    this.#options = options;
    const { clock, log, standbyPlaces: places } = options.context;
    this.#standby = new Standby({ places, clock, log, openTransport: () => options.openTransport() });
  }

  get current(): Recording | undefined {
    return this.#current;
  }

  /** What everybody is told of it. */
  get state(): RecordingState {
    const status = this.#current?.status ?? 'off';
    if (!this.#current || status === 'off') return { status: 'off' };
    const { recordingId, startedAtMs } = this.#current;
    if (status !== 'recording') return { status, recordingId };
    return {
      status,
      recordingId,
      elapsedMs: Math.max(0, this.#options.context.clock.nowMs() - startedAtMs),
    };
  }

  /** What can be made before Record is pressed is made, for the host as they are now. */
  standBy(): void {
    if (this.#current) return;
    const { context, room } = this.#options;
    const host = context.directory.alive.length > 0 ? room.host : undefined;
    this.#standby.want(host && { connectionId: host.connectionId, producers: [...host.producers.values()] });
  }

  /** The meeting is over. */
  standDown(): void {
    this.#standby.want(undefined);
  }

  /** What starting takes beyond being the host. @throws Fault as `RecordRight.check` */
  checkRight(visitor: Visitor, key: string | undefined): void {
    this.#options.context.recordRight.check(visitor, key);
  }

  /**
   * Answers once a recorder has opened the recording; the light goes on with the first bytes on disk.
   * @param by who pressed Record
   * @throws Fault `recording-on`, `no-recorder`, `recorder-full`, or the recorder's own
   */
  async start(by: string): Promise<RequestResult<'startRecording'>> {
    const { context, meetingId, room } = this.#options;
    if (this.#current) throw new Fault('recording-on');
    // Nobody is to be asked for a consent that no recorder is there to make use of.
    const recorders = context.directory.candidates();
    const startedAtMs = Math.round(context.clock.nowMs());
    const wall = wallAhead(context.clock);
    const recordingId = makeRecordingId(startedAtMs + (wall.wallAheadMs ?? 0), randomBytes(8));
    const recording = this.#open({
      start: { recordingId, startedAtMs, ...wall },
      begin: () => room.recording.begin(recordingId, by),
    });
    await recording.start(recorders);
    this.standDown();
    context.log.info('recording-started', { meetingId, recordingId, recorderId: recording.recorderId });
    return { recordingId };
  }

  /**
   * Goes on with a recording that a server process before this one had started. Who does not come back in time has left.
   */
  takeUp(orphan: OrphanRecording): void {
    if (this.#current) return;
    const { context, meetingId, room } = this.#options;
    const { audioCodec, doors, lastFact, people, recorderId, recordingId, startedAtMs, wallAheadMs } = orphan;
    context.directory.orphans.adopted(orphan);
    const recording = this.#open({
      start: {
        ...{ recordingId, startedAtMs },
        ...(wallAheadMs !== undefined && { wallAheadMs }),
        ...(audioCodec && { audioCodec }),
      },
      meetingName: orphan.meetingName,
      lastFact,
      begin: (facts) => {
        const answers = people.flatMap(({ connectionId, consent, isIn, marks = [] }) =>
          consent ? [{ connectionId, consent, isIn, marks }] : [],
        );
        room.recording.takeUp(recordingId, answers);
        for (const { connectionId, consent } of people) facts.takeUp(connectionId, consent);
        if (doors) room.doors.takeUp(doors);
      },
    });
    recording.takeUp(recorderId);
    context.log.info('recording-taken-up', { meetingId, recordingId, recorderId });
    context.clock.after(GRACE_MS, () => {
      if (this.#current !== recording) return;
      for (const { connectionId, isIn } of people) {
        if (!isIn || room.has(connectionId)) continue;
        recording.fact({ type: 'left', connectionId });
        recording.unrecord(connectionId, { reason: 'lost', erase: false });
        room.recording.left(connectionId, 'lost');
      }
    });
  }

  /** The recorder keeps them for the server process that comes after this one. */
  keepDoors(): void {
    this.#current?.doors.keep(this.#options.room.doors.memory(MAX_KEPT_PEOPLE));
  }

  /**
   * Answers when nothing is left of what was recorded over these connections.
   * @throws Fault `erasure-pending` when the recorder does not say so in time; it is done once it is there again
   */
  async erased(connectionIds: readonly string[]): Promise<void> {
    const closed = this.#current?.closed(connectionIds) ?? Promise.resolve();
    if (await inTime(this.#options.context.clock, ERASE_ANSWER_MS, closed)) return;
    // Whoever waited is told now; that it fails in the end is nobody's to hear any more.
    closed.catch((cause: Error) =>
      this.#options.context.log.warn('erasure-failed', { connectionIds, cause: cause.message }),
    );
    throw new Fault('erasure-pending');
  }

  /** Answers when every file is complete on disk. @throws Fault `recording-off`, `recorder-lost` */
  async stop(reason: StopReason): Promise<RequestResult<'stopRecording'>> {
    const { context, meetingId } = this.#options;
    const recording = this.#current;
    if (!recording || recording.status === 'stopping') throw new Fault('recording-off');
    const { recordingId } = recording;
    await recording.stop(reason);
    context.log.info('recording-stopped', { meetingId, recordingId, reason });
    return { recordingId };
  }

  /** The same where nobody waits for the answer: a failure is written to the log. */
  async stopUnasked(reason: StopReason): Promise<void> {
    if (!this.#current) return;
    const { recordingId } = this.#current;
    try {
      await this.stop(reason);
    } catch (cause) {
      this.#options.context.log.warn('recording-not-stopped', {
        recordingId,
        cause: (cause as Error).message,
      });
    }
  }

  #open({ begin, lastFact = 0, meetingName, start }: Opening): Recording {
    const { audioCodec, context, meetingId, networkOf, openTransport, room, takePlace } = this.#options;
    const { clock, directory, log, sfuInstanceId } = context;
    const recording: Recording = new Recording({
      start: {
        ...{ meetingId, meetingName: meetingName ?? room.meetingName, sfuInstanceId },
        ...(audioCodec && { audioCodec }),
        ...start,
      },
      lastFact,
      directory,
      clock,
      log,
      host: {
        begin: () => {
          begin(recording.facts);
          this.keepDoors();
          this.#warnBeforeLimit(recording);
        },
        changed: () => room.recording.changed(),
        openPath: async (connectionId) =>
          this.#standby.take(connectionId) ?? new RecorderPath(await openTransport()),
        takePlace,
        networkOf,
        heartbeat: (files) => room.recording.heartbeat(files),
        isLit: () => room.recording.isLit,
        progressed: () => room.recording.progressed(),
        stalled: () => room.recording.stalled(),
        over: (error) => this.#over(error),
        failed: (connectionId, fault) => this.#personFailed(connectionId, fault),
        succeeded: (connectionId) => room.recording.problem(connectionId, undefined),
        full: (kind) => {
          log.warn('recording-full', { recordingId: start.recordingId, kind });
          room.tellHost(new Fault('recording-full', FULL_WORDS[kind]).toBody());
        },
      },
    });
    this.#current = recording;
    this.#told.clear();
    return recording;
  }

  /** The recorder ends it then; here everybody learns of it in time. */
  #warnBeforeLimit({ startedAtMs }: Recording): void {
    const { context, room } = this.#options;
    const leftMs = Math.max(0, startedAtMs + context.maxRecordingMs - context.clock.nowMs());
    const delayMs = Math.max(0, leftMs - LIMIT_WARNING_MS);
    const inMs = Math.min(LIMIT_WARNING_MS, leftMs);
    this.#cancelWarning = context.clock.after(delayMs, () => room.recordingEndsSoon(inMs));
  }

  #over(error: ErrorBody | undefined): void {
    this.#current = undefined;
    this.#cancelWarning();
    this.#options.room.recording.over(error);
    this.standBy();
    this.#options.onOver();
  }

  /** The host is told once of each kind of failure of each person. */
  #personFailed(connectionId: string, fault: Fault): void {
    const { context, room } = this.#options;
    context.log.warn('person-not-recorded', { connectionId, code: fault.code, cause: fault.message });
    room.recording.problem(connectionId, fault.code);
    const key = `${connectionId} ${fault.code}`;
    if (this.#told.has(key)) return;
    this.#told.add(key);
    room.tellHost(fault.toBody());
  }
}

/** Nothing while it is less than a second: of what the clocks differ by, that is the least that anybody sees. */
function wallAhead(clock: Clock): { wallAheadMs?: number } {
  const wallAheadMs = Math.round(clock.wallMs() - clock.nowMs());
  return Math.abs(wallAheadMs) < 1000 ? {} : { wallAheadMs };
}
