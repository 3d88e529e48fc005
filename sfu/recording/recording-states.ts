import { type ErrorBody, Fault } from '#protocol/errors.ts';
import type { RecorderCommandParams } from '#protocol/recorder.ts';
import type { RecordingState } from '#protocol/recording-state.ts';

/** A recorder, as far as it matters whom to ask. */
export interface Choice {
  readonly recorderId: string;
  readonly free: number;
  readonly expectedRoom: number;
}

export type StopReason = RecorderCommandParams<'stop'>['reason'];

/** What everybody is shown while a recorder has it. */
export type Light =
  | { status: 'starting'; untilMs: number }
  /** It was lost, and has not beaten since. */
  | { status: 'lost' }
  /** Nothing is being written for anybody. */
  | { status: 'waiting' }
  | { status: 'recording' };

/** @typeParam R a recorder; while `asked` it was told to open the recording, and has not answered */
export type State<R> =
  | { name: 'off' }
  /** Record was pressed. */
  | { name: 'starting'; sinceMs: number; asked: R; others: readonly R[] }
  | { name: 'running'; recorder: R; light: Light }
  /** It lost its recorder, and waits for that one or another. */
  | { name: 'seeking'; lost: string; sinceMs: number; asked: R | undefined }
  /** Stop was pressed before a recorder had opened it. */
  | { name: 'cancelled'; reason: StopReason; asked: R; others: readonly R[] }
  /** Stop was pressed: what happened until then is on its way. */
  | { name: 'draining'; reason: StopReason; recorder: R }
  /** Stop was sent: what happens now is no part of the recording, and nobody new is recorded [END6]. */
  | { name: 'sealing'; recorder: R }
  | { name: 'over'; outcome: Outcome };

export type Outcome =
  /** The recorder has done all that it was told. */
  | { how: 'complete' }
  | { how: 'not-started'; cause: Fault }
  | { how: 'not-stopped'; cause: Fault }
  /** By the recorder itself. */
  | { how: 'ended'; error: ErrorBody };

/** `recorders`: those that are alive now. */
export type Event<R> =
  /** @param recorders that may be asked, the first of them first; one at least */
  | { type: 'record'; recorders: readonly [R, ...R[]] }
  /** A recorder makes it already, for a server process before this one. */
  | { type: 'take-up'; recorderId: string; recorders: readonly R[] }
  | { type: 'opened'; recorder: R; lastFact: number }
  | { type: 'refused'; recorder: R; cause: Fault }
  /** @param isLit bytes of somebody who is recorded are on disk, and more comes */
  | { type: 'beat'; recorder: R; isLit: boolean }
  /** Nobody is recorded any more of whom that is so. */
  | { type: 'dark' }
  | { type: 'lost'; recorder: R; recorders: readonly R[] }
  /** The recorder is there, and does not make it any more [LIGHT5]. */
  | { type: 'missing'; recorder: R; recorders: readonly R[] }
  /** Time has passed, or a recorder is there again. */
  | { type: 'look'; recorders: readonly R[] }
  | { type: 'stop'; reason: StopReason }
  /** The recorder has taken over every fact. */
  | { type: 'drained' }
  | { type: 'stopped' }
  /** It could not be told what there was to tell, or did not stop. */
  | { type: 'failed'; cause: Fault }
  | { type: 'late' }
  | { type: 'ended'; recorder: R; error: ErrorBody };

export type Effect<R> =
  /** Everybody is asked. */
  | { type: 'begin' }
  /** Leads to `opened` or `refused`. */
  | { type: 'ask'; recorder: R }
  /** It has it now. */
  | { type: 'serve'; recorder: R; lastFact: number }
  /** It has not, or has no longer. */
  | { type: 'release'; recorder: R }
  /** Nothing is being written for anybody. */
  | { type: 'stall' }
  /** Leads to `look`. */
  | { type: 'wait'; forMs: number }
  /** Leads to `late`. */
  | { type: 'hurry'; withinMs: number }
  /** Leads to `drained` or `failed`. */
  | { type: 'drain' }
  /** Leads to `stopped` or `failed`. */
  | { type: 'seal'; recorder: R; reason: StopReason }
  | { type: 'end'; outcome: Outcome };

export interface Step<R> {
  state: State<R>;
  effects: readonly Effect<R>[];
}

/** What everybody is told of it. */
export function statusOf(state: State<unknown>): RecordingState['status'] {
  switch (state.name) {
    case 'off':
    case 'over':
      return 'off';
    case 'starting':
      return 'starting';
    case 'running':
      return state.light.status;
    case 'seeking':
      return 'lost';
    case 'cancelled':
    case 'draining':
    case 'sealing':
      return 'stopping';
  }
}

/** Whoever is not recorded by now is not any more. */
export function isStopping({ name }: State<unknown>): boolean {
  return name === 'cancelled' || name === 'draining' || name === 'sealing' || name === 'over';
}

/** Stop was sent: what happens now is no part of it. */
export function isSealed({ name }: State<unknown>): boolean {
  return name === 'sealing' || name === 'over';
}

/** The one recorder that has it or is asked to take it: there is never another one. */
export function recorderOf<R>(state: State<R>): R | undefined {
  return 'asked' in state ? state.asked : writerOf(state);
}

/** The recorder that has opened it. */
export function writerOf<R>(state: State<R>): R | undefined {
  return 'recorder' in state ? state.recorder : undefined;
}

/** What became of it, for whoever waits; undefined: all that was asked for. */
export function faultOf(outcome: Outcome): Fault | undefined {
  switch (outcome.how) {
    case 'complete':
      return undefined;
    case 'ended':
      return new Fault(outcome.error.code, outcome.error.message);
    default:
      return outcome.cause;
  }
}

/** What everybody is told of its end. That it did not start is the answer to whoever pressed Record. */
export function problemOf(outcome: Outcome): ErrorBody | undefined {
  return outcome.how === 'not-started' ? undefined : faultOf(outcome)?.toBody();
}
