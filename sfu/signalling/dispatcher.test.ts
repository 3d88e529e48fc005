import fc from 'fast-check';
import { expect, test } from 'vitest';
import { errors, Fault } from '#protocol/errors.ts';
import { type RequestHandlers, type RequestName, requests } from '#protocol/signalling.ts';
import { silentLog } from '#service/log.ts';
import { RateLimiter } from '#service/rate-limiter.ts';
import { ManualClock } from '#service/testing/manual-clock.ts';
import { Dispatcher, FLOOD_LIMIT } from './dispatcher.ts';

/** A dispatcher whose handlers answer nothing, or fail as told; `hits` are those that were reached. */
function openDispatcher(options: { fail?: () => unknown; burst?: number } = {}) {
  const hits: string[] = [];
  const counted: string[] = [];
  let floods = 0;
  const rate = { burst: options.burst ?? 1_000_000, perSecond: 1 };
  const limiter = new RateLimiter(new ManualClock(), rate, 1);
  const handler = (name: string) => () => {
    hits.push(name);
    const failure = options.fail?.();
    if (failure) throw failure;
    return {};
  };
  const names = Object.keys(requests) as RequestName[];
  const handlers = Object.fromEntries(
    names.map((name) => [name, handler(name)]),
  ) as unknown as RequestHandlers;
  const dispatcher = new Dispatcher({
    handlers,
    authorize: (request) => {
      if (request === 'stopRecording') throw new Fault('not-host');
    },
    limits: {
      waitMs: () => limiter.waitMs('pat'),
    },
    count: (request, result) => counted.push(`${request} ${result}`),
    log: silentLog,
    onFlood: () => {
      floods += 1;
    },
  });
  const ask = async (...message: unknown[]): Promise<unknown[]> => {
    const replies: unknown[] = [];
    await dispatcher.take([...message, (reply: unknown) => replies.push(reply)]);
    return replies;
  };
  return { dispatcher, ask, hits, counted, floods: () => floods };
}

const failure = (code: string) => [{ ok: false, error: { code, message: expect.any(String) } }];

test('each message is answered once', async () => {
  const { ask, hits } = openDispatcher();
  expect(await ask('hello', {})).toEqual([{ ok: true }]);
  expect(await ask('hello')).toEqual(failure('bad-request'));
  expect(await ask('join', { rtpCapabilities: 1 })).toEqual(failure('bad-request'));
  expect(await ask('stopRecording', {})).toEqual(failure('not-host'));
  expect(await ask('nonsense', {})).toEqual(failure('unknown-message'));
  expect(await ask('constructor', {})).toEqual(failure('unknown-message'));
  expect(await ask(7, {})).toEqual(failure('unknown-message'));
  expect(await ask()).toEqual(failure('unknown-message'));
  expect(hits).toEqual(['hello']);
});

test('what nobody waits for is counted', async () => {
  const { dispatcher, counted } = openDispatcher();
  await dispatcher.take(['leave', {}]);
  await dispatcher.take(['nonsense']);
  await dispatcher.take([]);
  expect(counted).toEqual(['leave ok', 'unknown unknown-message', 'unknown unknown-message']);
});

test('a bug is not shown verbatim', async () => {
  const { ask } = openDispatcher({ fail: () => new Error('the secret is 42') });
  const [reply] = await ask('hello', {});
  expect(reply).toEqual({ ok: false, error: { code: 'internal', message: errors.internal.message } });
});

test('a flood ends the socket, once', async () => {
  const { ask, floods } = openDispatcher({ burst: 2 });
  for (let count = 0; count < 2; count += 1) expect(await ask('leave', {})).toEqual([{ ok: true }]);
  for (let count = 0; count < FLOOD_LIMIT - 1; count += 1) await ask('leave', {});
  expect(floods()).toBe(0);
  const limited = [
    { ok: false, error: expect.objectContaining({ code: 'rate-limited', retryAfterMs: 1000 }) },
  ];
  for (let count = 0; count < 5; count += 1) expect(await ask('leave', {})).toEqual(limited);
  expect(floods()).toBe(1);
});

const isAnswer = (reply: unknown): boolean => {
  const { ok, error } = reply as { ok: unknown; error?: { code: string; message: string } };
  return (
    ok === true ||
    (ok === false && error !== undefined && error.code in errors && error.message.length <= 1000)
  );
};

test('whatever comes is answered once, and nothing escapes', async () => {
  const names = fc.oneof(fc.constantFrom(...Object.keys(requests)), fc.string());
  const data = fc.oneof(
    fc.jsonValue({ maxDepth: 6 }),
    fc.anything(),
    // Objects that have the right keys and anything in them get past the first look.
    fc.dictionary(
      fc.constantFrom(
        'transportId',
        'producerId',
        'rtpParameters',
        'dtlsParameters',
        'source',
        'paused',
        'answer',
        'erase',
        'direction',
        'rtpCapabilities',
        'consent',
        'codecs',
        '__proto__',
      ),
      fc.jsonValue({ maxDepth: 4 }),
    ),
  );
  await fc.assert(
    fc.asyncProperty(names, fc.array(data, { maxLength: 3 }), async (name, params) => {
      const { ask, dispatcher } = openDispatcher();
      const replies = await ask(name, ...params);
      expect(replies).toHaveLength(1);
      expect(isAnswer(replies[0])).toBe(true);
      await dispatcher.take([name, ...params]);
    }),
    { seed: 20261123, numRuns: 2000 },
  );
});
