import { Fault } from '#protocol/errors.ts';
import {
  type Choice,
  type Effect,
  type Event,
  type Light,
  type Outcome,
  recorderOf,
  type State,
  type Step,
} from './recording-states.ts';

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
