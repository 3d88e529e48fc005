import { beforeEach, expect, test } from 'vitest';
import { Fault } from '#protocol/errors.ts';
import { ManualClock } from '#service/testing/manual-clock.ts';
import { MemorySignalling } from '../testing/memory-signalling.ts';
import { settled } from '../testing/settled.ts';
import { MediaPath, OPEN_LIMIT_MS } from './media-path.ts';

const DTLS = { fingerprints: [{ algorithm: 'sha-256', value: '00' }] };

let server: MemorySignalling;
let clock: ManualClock;
let path: MediaPath;
let end: AbortController;
/** What the path says, and what it does. */
let seen: string[];

beforeEach(() => {
  server = new MemorySignalling();
  clock = new ManualClock();
  seen = [];
  end = new AbortController();
  path = new MediaPath({
    ...{ connection: server.openConnected(), transportId: 'send', clock, signal: end.signal },
    restart: async () => void seen.push('restart'),
    events: {
      open: () => seen.push('open'),
      blocked: () => seen.push('blocked'),
      broken: () => seen.push('broken'),
      mayAsk: () => true,
    },
  });
});

test('a path that is given up is mended by one ICE restart', async () => {
  path.hooks.failed();
  await settled();
  expect(seen).toEqual(['blocked', 'restart']);
  path.hooks.failed();
  await settled();
  expect(seen).toEqual(['blocked', 'restart', 'blocked', 'broken']);
  expect(server.params('restartIce')).toEqual([{ transportId: 'send' }]);
});

test('one that is only interrupted is mended already, each time anew', async () => {
  for (const time of [1, 2, 3]) {
    path.hooks.interrupted();
    path.hooks.interrupted();
    await settled();
    expect(server.params('restartIce').length).toBe(time);
    path.hooks.connected();
  }
  clock.advance(2 * OPEN_LIMIT_MS);
  await settled();
  expect(seen).toEqual(['restart', 'open', 'restart', 'open', 'restart', 'open']);
});

test('where the browser does not tell that it gives up, the time is limited', async () => {
  await path.hooks.connect(DTLS);
  clock.advance(OPEN_LIMIT_MS - 1);
  expect(seen).toEqual([]);
  clock.advance(1);
  await settled();
  expect(seen).toEqual(['blocked', 'restart']);
  clock.advance(OPEN_LIMIT_MS);
  await settled();
  expect(seen).toEqual(['blocked', 'restart', 'blocked', 'broken']);
});

test('one that opens in time, or that is closed, is left alone', async () => {
  await path.hooks.connect(DTLS);
  path.hooks.connected();
  clock.advance(2 * OPEN_LIMIT_MS);
  expect(seen).toEqual(['open']);
  path.hooks.interrupted();
  await settled();
  end.abort();
  path.hooks.failed();
  clock.advance(2 * OPEN_LIMIT_MS);
  await settled();
  expect(seen).toEqual(['open', 'restart']);
});

test('one that is open again before the server has answered is not restarted', async () => {
  path.hooks.interrupted();
  path.hooks.connected();
  await settled();
  clock.advance(2 * OPEN_LIMIT_MS);
  await settled();
  expect(seen).toEqual(['open']);
});

test('it is broken when the restart is refused', async () => {
  server.failures.restartIce = [new Fault('transport-not-found')];
  path.hooks.failed();
  await settled();
  expect(seen).toEqual(['blocked', 'broken']);
});
