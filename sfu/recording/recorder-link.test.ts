import { expect, test } from 'vitest';
import { HEARTBEAT_TIMEOUT_MS, type Heartbeat } from '#protocol/recorder.ts';
import type { FileProgress } from '#protocol/recording-state.ts';
import { AwakeClock } from '#service/awake-clock.ts';
import { silentLog } from '#service/log.ts';
import { ManualClock } from '#service/testing/manual-clock.ts';
import { RecorderDirectory } from './recorder-directory.ts';
import { COMMAND_TIMEOUT_MS, RecorderLink } from './recorder-link.ts';

const recordingId = '20260901T000000000Z-abcdefgh';
const nothing: Heartbeat = { recordings: [] };
const running: Heartbeat = { recordings: [{ recordingId, lastFact: 0, files: [] }] };

function openLink() {
  const clock = new ManualClock();
  const seen: string[] = [];
  const sent: { event: string; answer: (reply: unknown) => void }[] = [];
  const link = new RecorderLink(
    { recorderId: 'rec-1', instanceId: 'i', capacity: 3 },
    {
      send: (event, _data, answer) => sent.push({ event, answer }),
      disconnect: () => seen.push('disconnect'),
    },
    clock,
    {
      back: () => seen.push('back'),
      lost: () => seen.push('lost'),
      orphan: (_link, id) => seen.push(`orphan ${id}`),
    },
  );
  return { clock, link, seen, sent };
}

test('files of a recording that come in several messages are told together', () => {
  const { link } = openLink();
  const heard: string[][] = [];
  const heartbeat = (files: readonly FileProgress[]) =>
    heard.push(files.map(({ connectionId }) => connectionId));
  link.attach(recordingId, {
    heartbeat,
    lost: () => {},
    missing: () => {},
    ended: () => {},
    people: () => 0,
  });
  const file = { source: 'camera', state: 'recording', bytes: 1, durationMs: 1 } as const;
  const part = (connectionId: string, more?: boolean): Heartbeat => ({
    recordings: [{ recordingId, lastFact: 0, files: [{ ...file, connectionId }], ...(more && { more }) }],
  });
  link.beat(part('a', true));
  link.beat(part('b', true));
  expect(heard).toEqual([]);
  link.beat(part('c'));
  link.beat(part('d'));
  expect(heard).toEqual([['a', 'b', 'c'], ['d']]);
});

test('lost exactly when no heartbeat has come for 1.5 s, and back with the next', () => {
  const { clock, link, seen } = openLink();
  expect(link.alive).toBe(false);
  link.beat(nothing);
  for (let beat = 0; beat < 5; beat += 1) {
    clock.advance(HEARTBEAT_TIMEOUT_MS - 1);
    link.beat(nothing);
  }
  expect(seen).toEqual(['back']);
  clock.advance(HEARTBEAT_TIMEOUT_MS - 1);
  expect(link.alive).toBe(true);
  clock.advance(1);
  expect(link.alive).toBe(false);
  link.beat(nothing);
  expect(seen).toEqual(['back', 'lost', 'back']);
  link.close();
  link.close();
  link.beat(nothing);
  expect(seen).toEqual(['back', 'lost', 'back', 'lost', 'disconnect']);
  expect(clock.pending).toBe(0);
});

test('whoever uses the link hears its heartbeats, its loss, and no orphan is made of theirs', () => {
  const { clock, link, seen } = openLink();
  link.beat(running);
  link.attach(recordingId, {
    heartbeat: () => seen.push('heartbeat'),
    lost: () => seen.push('user lost'),
    missing: () => seen.push('missing'),
    ended: ({ code }) => seen.push(`ended ${code}`),
    people: () => 0,
  });
  link.beat(running);
  link.ended(recordingId, { code: 'disk-full', message: '' });
  clock.advance(HEARTBEAT_TIMEOUT_MS);
  link.detach(recordingId);
  link.beat(running);
  const orphan = `orphan ${recordingId}`;
  expect(seen).toEqual(['back', orphan, 'heartbeat', 'ended disk-full', 'user lost', 'lost', 'back', orphan]);
});

test('[LIGHT5] a recording that two whole heartbeats in a row do not name is missing, once it was opened', () => {
  const { link } = openLink();
  let missing = 0;
  link.attach(recordingId, {
    ...{ heartbeat: () => {}, lost: () => {}, ended: () => {}, people: () => 0 },
    missing: () => {
      missing += 1;
      link.detach(recordingId);
    },
  });
  // It is still being opened, as on a slow disk.
  for (let beat = 0; beat < 5; beat += 1) link.beat(nothing);
  link.opened(recordingId);
  for (let beat = 0; beat < 5; beat += 1) {
    link.beat(nothing);
    // In one of several messages that make one heartbeat.
    link.beat({ ...running, more: true });
    link.beat({ ...nothing, more: true });
    link.beat(nothing);
  }
  link.beat(nothing);
  link.beat({ ...nothing, more: true });
  link.beat({ ...nothing, more: true });
  expect(missing).toBe(0);
  link.beat(nothing);
  expect(missing).toBe(1);
  link.beat(nothing);
  expect(missing).toBe(1);
  link.close();
});

test('a command fails when the recorder is lost, is silent, refuses, or answers nonsense', async () => {
  const { clock, link, sent } = openLink();
  const openReceiver = () => link.command('openReceiver', { recordingId, connectionId: 'a' });
  await expect(openReceiver()).rejects.toMatchObject({ code: 'recorder-lost' });
  link.beat(nothing);
  const lost = openReceiver();
  clock.advance(HEARTBEAT_TIMEOUT_MS);
  await expect(lost).rejects.toMatchObject({ code: 'recorder-lost' });
  link.beat(nothing);
  const silent = openReceiver();
  for (let waitedMs = 0; waitedMs < COMMAND_TIMEOUT_MS; waitedMs += 1000) {
    link.beat(nothing);
    clock.advance(1000);
  }
  await expect(silent).rejects.toMatchObject({ code: 'recorder-lost' });
  const refused = openReceiver();
  sent.at(-1)?.answer({ ok: false, error: { code: 'recorder-full', message: 'full' } });
  await expect(refused).rejects.toMatchObject({ code: 'recorder-full', message: 'full' });
  const nonsense = openReceiver();
  sent.at(-1)?.answer({ ok: true });
  await expect(nonsense).rejects.toMatchObject({ code: 'bad-request' });
  link.close();
  expect(clock.pending).toBe(0);
});

test('[STALL2] a recorder is not lost because we did not run: what it said meanwhile is heard first', () => {
  const clock = new ManualClock();
  const awake = new AwakeClock(clock);
  const directory = new RecorderDirectory(awake, silentLog, 'this process');
  const link = directory.add(
    { recorderId: 'rec-1', instanceId: 'i', capacity: 3, nonce: 'n', version: 1 },
    { send: () => {}, disconnect: () => {} },
  );
  clock.advance(1000);
  clock.stall(10_000);
  clock.advance(300);
  expect(link.alive).toBe(true);
  link.beat(nothing);
  clock.advance(HEARTBEAT_TIMEOUT_MS - 100);
  expect(link.alive).toBe(true);
  clock.advance(200);
  expect(link.alive).toBe(false);
  directory.close();
  awake.close();
  expect(clock.pending).toBe(0);
});

test('the recorder with most room comes first; the same process may come again, another one only in time', () => {
  const clock = new ManualClock();
  const directory = new RecorderDirectory(clock, silentLog, 'this process');
  const closed: string[] = [];
  const add = (recorderId: string, instanceId: string, capacity: number) =>
    directory.add(
      { recorderId, instanceId, capacity, nonce: '', version: 1 },
      { send: () => {}, disconnect: () => closed.push(`${recorderId} ${instanceId}`) },
    );
  expect(() => directory.candidates()).toThrow('No recorder is connected.');
  const small = add('small', '1', 2);
  const large = add('large', '1', 5);
  expect(directory.candidates()).toEqual([large, small]);
  const record = (link: RecorderLink, people: number) => {
    const nothing = (): void => {};
    const user = {
      heartbeat: nothing,
      lost: nothing,
      missing: nothing,
      ended: nothing,
      people: () => people,
    };
    link.attach('r', user);
    expect(link.expectedRoom).toBe(link.capacity);
    link.opened('r');
    expect(link.expectedRoom).toBe(link.capacity - people);
  };
  record(large, 4);
  expect(directory.candidates()).toEqual([small, large]);
  // Those of whom nothing has come take no place.
  record(small, 2);
  large.detach('r');
  record(large, 5);
  expect(directory.candidates()).toHaveLength(2);
  const beat = (link: RecorderLink, people: number, bytes: number) => {
    const files = Array.from({ length: people }, (_, index) => {
      const of = { connectionId: `p${index}`, source: 'camera', state: 'recording' } as const;
      return { ...of, bytes, durationMs: 0 };
    });
    link.beat({ recordings: [{ recordingId: '20261122T100000000Z-abcdefgh', lastFact: 0, files }] });
  };
  beat(small, 2, 0);
  beat(large, 5, 0);
  expect(directory.candidates()).toHaveLength(2);
  beat(small, 2, 13);
  beat(large, 5, 13);
  expect(() => directory.candidates()).toThrow('The recorder cannot take more people now.');
  expect(() => add('small', '2', 2)).toThrow('Another recorder with this RECORDER_ID is connected.');
  add('small', '1', 2);
  expect(closed).toEqual(['small 1']);
  clock.advance(HEARTBEAT_TIMEOUT_MS);
  expect(() => directory.candidates()).toThrow('No recorder is connected.');
  add('small', '2', 2);
  expect(directory.candidates().map(({ instanceId }) => instanceId)).toEqual(['2']);
  directory.remove(small);
  expect(directory.alive).toHaveLength(1);
  directory.close();
  expect(clock.pending).toBe(0);
});
