import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type ErrorCode, errorCodes } from '#protocol/errors.ts';
import { type RequestName, requests } from '#protocol/signalling.ts';
import { EMPTY_RECORDING_MS } from './meeting/meeting.ts';
import { GRACE_MS } from './meeting/meeting-context.ts';
import { rtpCapabilities, rtpParametersOf } from './testing/browser-offer.ts';
import { TestParticipant } from './testing/test-participant.ts';
import { TestRecorder } from './testing/test-recorder.ts';
import { openTestSfu, type TestSfu } from './testing/test-sfu.ts';
import { until } from './testing/until.ts';

const RUNS = 25;
const SLOW_MS = 60_000;
/** What none of these people can cause: the server's own failures. */
const OURS: ReadonlySet<ErrorCode> = new Set(['internal', 'timeout']);

const people = ['hanna', 'pat', 'quinn'] as const;
type Who = (typeof people)[number];
type Ask = { who: Who; do: 'ask'; request: string; params: unknown };
type Step = Ask | { who: Who; do: 'lose' | 'overtake' } | { who: Who; do: 'wait'; byMs: number };

const who = fc.constantFrom(...people);
/** Ids that may exist by then: those that the run has seen are put in for these. */
const known = (name: string) =>
  fc.oneof(
    { arbitrary: fc.constant(`{${name}}`), weight: 6 },
    {
      arbitrary: fc.constantFrom('{send}', '{receive}', '{producer}', '{consumer}', '{ticket}', 'none', ''),
      weight: 1,
    },
  );
const anyone = fc.constantFrom(...people, 'nobody');

/** How most sockets begin. */
const ENTRY: [RequestName, unknown][] = [
  ['join', { rtpCapabilities, consent: 'accepted' }],
  ['createTransport', { direction: 'send' }],
  ['createTransport', { direction: 'receive' }],
  [
    'produce',
    {
      transportId: '{send}',
      source: 'microphone',
      rtpParameters: rtpParametersOf('microphone'),
      paused: false,
    },
  ],
];

/** Params that are right, or nearly; everything else comes out of `fc.anything`. */
const plausible: Partial<Record<RequestName, fc.Arbitrary<unknown>>> = {
  join: fc.record({
    rtpCapabilities: fc.constant(rtpCapabilities),
    consent: fc.constantFrom('accepted', 'declined', undefined),
  }),
  resume: fc.record({ ticket: known('ticket') }),
  createTransport: fc.record({ direction: fc.constantFrom('send', 'receive') }),
  connectTransport: fc.record({
    transportId: known('send'),
    dtlsParameters: fc.constantFrom(
      { fingerprints: [{ algorithm: 'sha-256', value: 'AB:CD' }] },
      { role: 'client', fingerprints: [{ algorithm: 'none', value: '' }] },
    ),
  }),
  restartIce: fc.record({ transportId: known('receive') }),
  produce: fc.record({
    transportId: known('send'),
    source: fc.constantFrom('microphone', 'camera'),
    rtpParameters: fc
      .constantFrom('microphone' as const, 'camera' as const)
      .map((one) => rtpParametersOf(one)),
    paused: fc.boolean(),
  }),
  setProducerPaused: fc.record({ producerId: known('producer'), paused: fc.boolean() }),
  closeProducer: fc.record({ producerId: known('producer') }),
  consume: fc.record({ producerId: known('producer') }),
  resumeConsumer: fc.record({ consumerId: known('consumer') }),
  pauseConsumer: fc.record({ consumerId: known('consumer') }),
  setVisibleVideos: fc.record({
    videos: fc.array(
      fc.record({ producerId: known('producer'), width: fc.nat(4000), height: fc.nat(4000) }),
      {
        maxLength: 3,
      },
    ),
  }),
  answerConsent: fc.record({
    answer: fc.constantFrom('accepted', 'declined', 'withdrawn'),
    erase: fc.constantFrom(true, false, undefined),
  }),
  sendChat: fc.record({ text: fc.string() }),
  raiseHand: fc.record({ raised: fc.boolean() }),
  answerHostOffer: fc.record({ accept: fc.boolean() }),
  pausePerson: fc.record({ connectionId: anyone, source: fc.constantFrom('microphone', 'camera') }),
  removePerson: fc.record({ connectionId: anyone }),
  lowerHand: fc.record({ connectionId: anyone }),
  setAdmission: fc.record({ admission: fc.constantFrom('open', 'waiting-room', 'locked') }),
  admit: fc.record({ connectionId: fc.option(anyone, { nil: undefined }) }),
  refuse: fc.record({ connectionId: anyone }),
  handOverHost: fc.record({ connectionId: anyone }),
  renameMeeting: fc.record({ name: fc.string() }),
};

const names = Object.keys(requests) as RequestName[];
const rightAsk = fc.constantFrom(...names).chain((request) =>
  fc.record({
    who,
    do: fc.constant('ask' as const),
    request: fc.constant(request),
    params: plausible[request] ?? fc.constant({}),
  }),
);
const wrongAsk = fc.record({
  who,
  do: fc.constant('ask' as const),
  request: fc.oneof(fc.constantFrom(...names), fc.constantFrom('nonsense', '__proto__', 'toString')),
  params: fc.anything({ maxDepth: 3 }),
});
const step: fc.Arbitrary<Step> = fc.oneof(
  { arbitrary: rightAsk, weight: 12 },
  { arbitrary: wrongAsk, weight: 3 },
  { arbitrary: fc.record({ who, do: fc.constantFrom('lose' as const, 'overtake' as const) }), weight: 1 },
  {
    arbitrary: fc.record({ who, do: fc.constant('wait' as const), byMs: fc.constantFrom(100, 3000, 31_000) }),
    weight: 1,
  },
);

/** Three people with sockets that come and go, and the ids that they were told. */
class Crowd {
  readonly #sfu: TestSfu;
  readonly #meeting: string;
  readonly #sockets = new Map<Who, TestParticipant>();
  readonly #seen: Record<string, string> = {};
  /** Codes that stand for failures of ours, and whatever was not answered as promised. */
  readonly failures: string[] = [];
  #opened = 0;
  readonly succeeded: Set<string>;

  constructor(sfu: TestSfu, meeting: string, succeeded: Set<string>) {
    this.succeeded = succeeded;
    this.#sfu = sfu;
    this.#meeting = meeting;
  }

  async take(step: Step): Promise<void> {
    if (step.do === 'wait') return this.#sfu.clock.advance(step.byMs);
    if (step.do === 'lose') return void this.#sockets.get(step.who)?.socket.disconnect();
    if (step.do === 'overtake') return void (await this.#open(step.who));
    if (step.do === 'ask') await this.#ask(step);
  }

  async #ask(step: Ask): Promise<void> {
    const known = this.#sockets.get(step.who);
    const participant = known?.socket.connected ? known : await this.#open(step.who);
    // A socket that the server closes meanwhile (removed, ended) answers nothing; that is its answer.
    const closed = new Promise<'closed'>((resolve) =>
      participant.socket.once('disconnect', () => resolve('closed')),
    );
    const reply = await Promise.race([
      participant.raw(step.request, this.#filled(step.who, step.params)),
      closed,
    ]).catch(() => (participant.socket.connected ? 'not answered' : 'closed'));
    if (reply !== 'closed') this.#check(step, reply);
  }

  close(): void {
    for (const { socket } of this.#sockets.values()) socket.disconnect();
  }

  async #open(one: Who): Promise<TestParticipant> {
    const role = one === 'hanna' ? 'host' : 'participant';
    const participant = await TestParticipant.open(this.#sfu, {
      meeting: this.#meeting,
      connectionId: one,
      name: one,
      role,
    });
    this.#sockets.set(one, participant);
    // Most come in at once: out of chance alone hardly anybody would ever get anywhere.
    if (this.#opened++ % 4 < 3)
      for (const [request, params] of ENTRY) await this.#ask({ who: one, do: 'ask', request, params });
    return participant;
  }

  #filled(by: Who, params: unknown): unknown {
    if (params === null || typeof params !== 'object' || Array.isArray(params)) return params;
    return Object.fromEntries(
      Object.entries(params).map(([key, value]) => [
        key,
        typeof value === 'string' ? (this.#seen[`${by} ${value}`] ?? this.#seen[value] ?? value) : value,
      ]),
    );
  }

  #check(step: Ask, reply: unknown): void {
    const answer = reply as Record<string, unknown> & { ok?: boolean; error?: { code: ErrorCode } };
    const code = answer.error?.code;
    if (answer.ok !== true && (!code || !errorCodes.includes(code) || OURS.has(code))) {
      this.failures.push(`${step.request} ${JSON.stringify(step.params)}: ${JSON.stringify(reply)}`);
    }
    if (answer.ok) this.succeeded.add(step.request);
    const { consumerId, producerId, ticket, transport } = answer as Record<string, string | { id: string }>;
    const told = { consumer: consumerId, ticket };
    for (const [name, id] of Object.entries(told)) {
      if (typeof id === 'string') this.#seen[`${step.who} {${name}}`] = id;
    }
    // Other people's producers are what there is to consume.
    if (typeof producerId === 'string') this.#seen['{producer}'] = producerId;
    const { direction } = Object(step.params) as { direction?: string };
    if (typeof transport === 'object') this.#seen[`${step.who} {${direction}}`] = transport.id;
  }
}

test(
  'whatever is sent, in whatever order, is answered with a result or a code, and serving goes on',
  async () => {
    const sfu = await openTestSfu({ SFU_WORKERS: 1 });
    const recorder = await TestRecorder.connect(sfu);
    const succeeded = new Set<string>();
    let run = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 50, maxLength: 200, size: 'max' }), async (steps) => {
        run += 1;
        const crowd = new Crowd(sfu, `m${run}`, succeeded);
        for (const one of steps) {
          recorder.beat();
          await crowd.take(one);
        }
        crowd.close();
        expect(crowd.failures).toEqual([]);
      }),
      { seed: 5, numRuns: RUNS, endOnFailure: true },
    );
    // It got far enough to mean something.
    expect(names.length - succeeded.size).toBeLessThan(3);
    const sane = await TestParticipant.join(sfu, { meeting: 'sane' });
    expect(await sane.send('camera')).toEqual(expect.any(String));
    sfu.clock.advance(GRACE_MS);
    sfu.clock.advance(EMPTY_RECORDING_MS);
    const figures = async () => (await (await fetch(`${sfu.url}/healthz`)).json()) as Record<string, number>;
    await until('nothing is left of the others', async () => (await figures()).rooms === 1);
    expect(await figures()).toMatchObject({ people: 1, waiting: 0, recordings: 0, transports: 1 });
  },
  SLOW_MS,
);
