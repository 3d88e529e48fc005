import { type ErrorBody, Fault } from '#protocol/errors.ts';
import type { RecorderCommandParams } from '#protocol/recorder.ts';
import type { RecordingState } from '#protocol/recording-state.ts';

/** Nobody waits longer than this for a start: what has not arrived by then is missing. */
export const START_LIMIT_MS = 3000;
/**
 * A lost recorder is waited for this long, which is what it needs to start again, before others are asked. They refuse
 * until they have watched its lock for 10 s, and begin to watch when they are asked.
 */
export const RESUME_ELSEWHERE_MS = 3000;
/** A recorder that does not take the recording up is asked again after this. */
export const RETRY_MS = 1000;
/**
 * Stop is answered within this, whatever became of the recorder [END3]. One that is there answers sooner; one that never
 * heard of it is told again with its next heartbeat (`orphan-recordings.ts`).
 */
export const STOP_WITHIN_MS = 2000;

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

/**
 * What an event makes of a recording, and what follows from it. What no state has a word for changes nothing: an answer that
 * comes too late, a heartbeat of a recorder that was given up.
 */
export function step<R extends Choice>(state: State<R>, event: Event<R>, nowMs: number): Step<R> {
  const recorder = recorderOf(state);
  if (event.type === 'ended' && recorder === event.recorder) {
    return over({ how: 'ended', error: event.error }, recorder);
  }
  switch (state.name) {
    case 'off':
      return begin(event, nowMs);
    case 'starting':
      return start(state, event);
    case 'running':
      return run(state, event, nowMs);
    case 'seeking':
      return seek(state, event, nowMs);
    case 'cancelled':
    case 'draining':
    case 'sealing':
      return end(state, event);
    case 'over':
      return same(state);
  }
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

function begin<R extends Choice>(event: Event<R>, nowMs: number): Step<R> {
  if (event.type === 'record') {
    const [asked, ...others] = event.recorders;
    const state: State<R> = { name: 'starting', sinceMs: nowMs, asked, others };
    return { state, effects: [{ type: 'begin' }, { type: 'ask', recorder: asked }] };
  }
  if (event.type !== 'take-up') return same({ name: 'off' });
  const sought = look(
    { name: 'seeking', lost: event.recorderId, sinceMs: nowMs, asked: undefined },
    event.recorders,
    nowMs,
  );
  return { state: sought.state, effects: [{ type: 'begin' }, ...sought.effects] };
}

function start<R extends Choice>(state: Extract<State<R>, { name: 'starting' }>, event: Event<R>): Step<R> {
  const { asked, others, sinceMs } = state;
  if (event.type === 'stop') {
    return {
      state: { name: 'cancelled', reason: event.reason, asked, others },
      effects: [{ type: 'hurry', withinMs: STOP_WITHIN_MS }],
    };
  }
  if (event.type === 'refused' && event.recorder === asked) return askNext(state, event.cause);
  if (event.type !== 'opened' || event.recorder !== asked) return same(state);
  const untilMs = sinceMs + START_LIMIT_MS;
  return open({ name: 'running', recorder: asked, light: { status: 'starting', untilMs } }, event.lastFact);
}

function run<R extends Choice>(
  state: Extract<State<R>, { name: 'running' }>,
  event: Event<R>,
  nowMs: number,
): Step<R> {
  const { light, recorder } = state;
  switch (event.type) {
    case 'beat':
      return event.recorder === recorder
        ? same({ ...state, light: lightAt(light, event.isLit, nowMs) })
        : same(state);
    case 'dark':
      return same(light.status === 'recording' ? { ...state, light: { status: 'waiting' } } : state);
    case 'lost':
    case 'missing': {
      if (event.recorder !== recorder) return same(state);
      const lost: State<R> = { name: 'seeking', lost: recorder.recorderId, sinceMs: nowMs, asked: undefined };
      // One that is there, and does not make it, can be asked at once.
      const sought = look(lost, event.recorders, nowMs);
      return {
        state: sought.state,
        effects: [
          { type: 'release', recorder },
          { type: 'stall' },
          { type: 'wait', forMs: RESUME_ELSEWHERE_MS },
          ...sought.effects,
        ],
      };
    }
    case 'stop':
      return {
        state: { name: 'draining', reason: event.reason, recorder },
        effects: [{ type: 'hurry', withinMs: STOP_WITHIN_MS }, { type: 'drain' }],
      };
    default:
      return same(state);
  }
}

function seek<R extends Choice>(
  state: Extract<State<R>, { name: 'seeking' }>,
  event: Event<R>,
  nowMs: number,
): Step<R> {
  const { asked } = state;
  switch (event.type) {
    case 'look':
      return look(state, event.recorders, nowMs);
    case 'opened':
      if (event.recorder !== asked) return same(state);
      return open({ name: 'running', recorder: asked, light: { status: 'lost' } }, event.lastFact);
    case 'refused':
      if (event.recorder !== asked) return same(state);
      return {
        state: { ...state, asked: undefined },
        effects: [
          { type: 'release', recorder: asked },
          { type: 'wait', forMs: RETRY_MS },
        ],
      };
    case 'stop':
      return over({ how: 'not-stopped', cause: new Fault('recorder-lost') }, asked);
    default:
      return same(state);
  }
}

/** Stop was pressed. It is answered in time, whatever else comes. */
function end<R extends Choice>(
  state: Extract<State<R>, { name: 'cancelled' | 'draining' | 'sealing' }>,
  event: Event<R>,
): Step<R> {
  const recorder = recorderOf(state);
  const notStopped = (cause: Fault): Step<R> => over({ how: 'not-stopped', cause }, recorder);
  if (event.type === 'late') {
    return notStopped(
      new Fault('recorder-lost', 'The recorder did not answer. It completes the files by itself.'),
    );
  }
  if (state.name === 'cancelled') {
    if (event.type === 'refused' && event.recorder === recorder) return askNext(state, event.cause);
    if (event.type !== 'opened' || event.recorder !== recorder) return same(state);
    return open({ name: 'draining', reason: state.reason, recorder }, event.lastFact, { type: 'drain' });
  }
  if (event.type === 'failed') return notStopped(event.cause);
  if (event.type === 'lost' && event.recorder === recorder) return notStopped(new Fault('recorder-lost'));
  if (state.name === 'sealing') {
    return event.type === 'stopped' ? over({ how: 'complete' }, recorder) : same(state);
  }
  if (event.type !== 'drained') return same(state);
  return {
    state: { name: 'sealing', recorder: state.recorder },
    effects: [{ type: 'seal', recorder: state.recorder, reason: state.reason }],
  };
}

/** The recorder that had it or, after a while, the one with most room. */
function look<R extends Choice>(
  state: Extract<State<R>, { name: 'seeking' }>,
  recorders: readonly R[],
  nowMs: number,
): Step<R> {
  if (state.asked) return same(state);
  const before = recorders.find(({ recorderId }) => recorderId === state.lost);
  const mayMove = nowMs - state.sinceMs >= RESUME_ELSEWHERE_MS;
  const asked = before ?? (mayMove ? withMostRoom(recorders)[0] : undefined);
  if (!asked) return same(state);
  return { state: { ...state, asked }, effects: [{ type: 'ask', recorder: asked }] };
}

/** Those with room for somebody, the one that will have most room first. */
export function withMostRoom<R extends Choice>(recorders: readonly R[]): R[] {
  return recorders.filter(({ free }) => free > 0).sort((a, b) => b.expectedRoom - a.expectedRoom);
}

function askNext<R>(state: Extract<State<R>, { name: 'starting' | 'cancelled' }>, cause: Fault): Step<R> {
  const [asked, ...others] = state.others;
  if (!asked) return over({ how: 'not-started', cause }, state.asked);
  return {
    state: { ...state, asked, others },
    effects: [
      { type: 'release', recorder: state.asked },
      { type: 'ask', recorder: asked },
    ],
  };
}

function open<R>(
  state: Extract<State<R>, { name: 'running' | 'draining' }>,
  lastFact: number,
  ...then: Effect<R>[]
): Step<R> {
  return { state, effects: [{ type: 'serve', recorder: state.recorder, lastFact }, ...then] };
}

function over<R>(outcome: Outcome, recorder: R | undefined): Step<R> {
  const release: Effect<R>[] = recorder === undefined ? [] : [{ type: 'release', recorder }];
  return { state: { name: 'over', outcome }, effects: [{ type: 'end', outcome }, ...release] };
}

function lightAt(before: Light, isLit: boolean, nowMs: number): Light {
  if (isLit) return { status: 'recording' };
  return before.status === 'starting' && nowMs < before.untilMs ? before : { status: 'waiting' };
}

function same<R>(state: State<R>): Step<R> {
  return { state, effects: [] };
}
