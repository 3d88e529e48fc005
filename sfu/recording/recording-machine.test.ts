import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Fault } from '#protocol/errors.ts';
import { RESUME_ELSEWHERE_MS, START_LIMIT_MS, STOP_WITHIN_MS, step } from './recording-machine.ts';
import { type Choice, type Event, recorderOf, type State, statusOf, writerOf } from './recording-states.ts';

const RUNS = 400;
const SLOW_MS = 30_000;
/** That a recording shows while it runs. */
const LIGHTS = 4;

const a: Choice = { recorderId: 'a', free: 1, expectedRoom: 3 };
const b: Choice = { recorderId: 'b', free: 1, expectedRoom: 2 };
const full: Choice = { recorderId: 'c', free: 0, expectedRoom: 9 };
const cause = new Fault('recorder-full');
const error = cause.toBody();

const recorder = fc.constantFrom(a, b);
const recorders = fc.subarray([a, b, full]);

/** Whatever may be told to it, whether it makes sense now or not; of what leads to the end, less. */
const event: fc.Arbitrary<Event<Choice>> = fc.oneof(
  { weight: 3, arbitrary: fc.constant<Event<Choice>>({ type: 'record', recorders: [a, b] }) },
  fc.record({ type: fc.constant('take-up' as const), recorderId: fc.constantFrom('a', 'b'), recorders }),
  {
    weight: 6,
    arbitrary: fc.record({ type: fc.constant('opened' as const), recorder, lastFact: fc.nat(9) }),
  },
  fc.record({ type: fc.constant('refused' as const), recorder, cause: fc.constant(cause) }),
  { weight: 6, arbitrary: fc.record({ type: fc.constant('beat' as const), recorder, isLit: fc.boolean() }) },
  fc.constant<Event<Choice>>({ type: 'dark' }),
  fc.record({ type: fc.constantFrom('lost' as const, 'missing' as const), recorder, recorders }),
  { weight: 3, arbitrary: fc.record({ type: fc.constant('look' as const), recorders }) },
  { weight: 2, arbitrary: fc.constant<Event<Choice>>({ type: 'stop', reason: 'host' }) },
  { weight: 4, arbitrary: fc.constantFrom<Event<Choice>>({ type: 'drained' }, { type: 'stopped' }) },
  fc.constant<Event<Choice>>({ type: 'failed', cause }),
  fc.record({ type: fc.constant('ended' as const), recorder, error: fc.constant(error) }),
);
const waits = fc.oneof(
  { weight: 9, arbitrary: fc.constant(0) },
  { weight: 1, arbitrary: fc.constantFrom(1, 500, RESUME_ELSEWHERE_MS) },
);

/** What has followed from the events so far, held against what docs/recording.md promises. */
class Watched {
  state: State<Choice> = { name: 'off' };
  nowMs = 1000;
  /** To whom the recording was given, or is offered. */
  readonly #holders = new Set<Choice>();
  /** What the recorder that has it said last. */
  #isLit = false;
  #lateAtMs = Number.POSITIVE_INFINITY;
  #isSealed = false;

  wait(byMs: number): void {
    this.nowMs += byMs;
    if (this.nowMs < this.#lateAtMs) return;
    this.take({ type: 'late' });
    expect(this.state.name, '[END3] a Stop is answered in time').toBe('over');
  }

  take(one: Event<Choice>): void {
    const before = this.state;
    const { effects, state } = step(before, one, this.nowMs);
    this.state = state;
    if (before.name === 'over') expect({ effects, state }).toEqual({ effects: [], state: before });
    for (const effect of effects) {
      if (effect.type === 'ask') {
        expect([...this.#holders], 'no recording has two writers').toEqual([]);
        expect(this.#isSealed, '[END6] nobody is asked for what is being completed').toBe(false);
        this.#holders.add(effect.recorder);
      }
      if (effect.type === 'serve') expect(this.#holders).toContain(effect.recorder);
      if (effect.type === 'release') expect(this.#holders.delete(effect.recorder)).toBe(true);
      if (effect.type === 'hurry') this.#lateAtMs = this.nowMs + effect.withinMs;
      if (effect.type === 'seal') {
        expect([one.type, before.name], 'all that happened before Stop is told first').toEqual([
          'drained',
          'draining',
        ]);
        this.#isSealed = true;
      }
    }
    const holder = recorderOf(state);
    expect([...this.#holders]).toEqual(holder ? [holder] : []);
    const isOn = before.name !== 'off' && before.name !== 'over';
    if (one.type === 'stop' && isOn && state.name !== 'over') {
      expect(this.#lateAtMs).toBeLessThanOrEqual(this.nowMs + STOP_WITHIN_MS);
    }
    if (writerOf(before) !== writerOf(state) || one.type === 'dark') this.#isLit = false;
    if (one.type === 'beat' && one.recorder === writerOf(state)) this.#isLit = one.isLit;
    const isLit = this.#isLit && state.name === 'running';
    expect(statusOf(state) === 'recording', '[LIGHT2] lit while there are bytes, and only then').toBe(isLit);
  }
}

test(
  '[LIGHT2] [END3] [END6] whatever comes, in whatever order: one writer, no light without bytes, an end in time',
  () => {
    const ends = new Set<string>();
    fc.assert(
      fc.property(fc.array(fc.tuple(event, waits), { maxLength: 40, size: 'max' }), (events) => {
        let watched = new Watched();
        for (const [one, byMs] of events) {
          if (watched.state.name === 'over') {
            ends.add(watched.state.outcome.how);
            watched.take(one);
            watched = new Watched();
          }
          watched.take(one);
          watched.wait(byMs);
        }
      }),
      { seed: 5, numRuns: RUNS },
    );
    expect([...ends].sort()).toEqual(['complete', 'ended', 'not-started', 'not-stopped']);
  },
  SLOW_MS,
);

test('a lost recorder is waited for; others are asked after a while, those with room for somebody', () => {
  const watched = new Watched();
  watched.take({ type: 'record', recorders: [a] });
  watched.take({ type: 'opened', recorder: a, lastFact: 0 });
  watched.take({ type: 'lost', recorder: a, recorders: [b, full] });
  watched.wait(RESUME_ELSEWHERE_MS - 1);
  watched.take({ type: 'look', recorders: [b, full] });
  expect(recorderOf(watched.state)).toBeUndefined();
  watched.wait(1);
  watched.take({ type: 'look', recorders: [full] });
  expect(recorderOf(watched.state)).toBeUndefined();
  watched.take({ type: 'look', recorders: [full, b] });
  expect(recorderOf(watched.state)).toBe(b);
});

/** One of each kind, so that each of a state's ways is gone. */
const samples: readonly Event<Choice>[] = [
  { type: 'record', recorders: [a, b] },
  { type: 'take-up', recorderId: 'a', recorders: [] },
  { type: 'take-up', recorderId: 'a', recorders: [a] },
  { type: 'opened', recorder: a, lastFact: 0 },
  { type: 'opened', recorder: b, lastFact: 0 },
  { type: 'refused', recorder: a, cause },
  { type: 'refused', recorder: b, cause },
  { type: 'beat', recorder: a, isLit: true },
  { type: 'beat', recorder: a, isLit: false },
  { type: 'dark' },
  { type: 'lost', recorder: a, recorders: [] },
  { type: 'missing', recorder: a, recorders: [a] },
  { type: 'look', recorders: [a] },
  { type: 'stop', reason: 'host' },
  { type: 'drained' },
  { type: 'stopped' },
  { type: 'failed', cause },
  { type: 'late' },
  { type: 'ended', recorder: a, error },
];

/** Every way from one state to another; those that go the same way stand together. */
function ways(): string[] {
  const found = new Map<string, Set<string>>();
  const seen = new Set<string>();
  const open: State<Choice>[] = [{ name: 'off' }];
  for (let state = open.shift(); state; state = open.shift()) {
    if (seen.has(JSON.stringify(state))) continue;
    seen.add(JSON.stringify(state));
    for (const [nowMs, one] of [0, START_LIMIT_MS].flatMap((at) => samples.map((it) => [at, it] as const))) {
      const next = step(state, one, nowMs);
      open.push(next.state);
      const effects = next.effects.map(({ type }) => type).join(', ');
      if (nameOf(next.state) === nameOf(state) && effects === '') continue;
      const way = `${one.type} | ${nameOf(next.state)} | ${effects || '–'} |`;
      found.set(way, (found.get(way) ?? new Set()).add(nameOf(state)));
    }
  }
  return [...found].map(([way, from]) => `| ${namesOf(from)} | ${way}`);
}

function nameOf(state: State<Choice>): string {
  return state.name === 'running' ? `running (${state.light.status})` : state.name;
}

function namesOf(names: ReadonlySet<string>): string {
  const running = [...names].filter((name) => name.startsWith('running'));
  if (running.length < LIGHTS) return [...names].join(', ');
  return ['running', ...[...names].filter((name) => !running.includes(name))].join(', ');
}

test('docs/architecture.md shows every way from one state to another', () => {
  const text = readFileSync(new URL('../../docs/architecture.md', import.meta.url), 'utf8');
  const shown = text.split('| in | event | then | effects |\n|---|---|---|---|\n')[1]?.split('\n\n')[0];
  expect(shown?.split('\n')).toEqual(ways());
});
