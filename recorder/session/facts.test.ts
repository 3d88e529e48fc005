import { describe, expect, test } from 'vitest';
import type { Manifest } from '../../protocol/manifest.ts';
import type { Fact, FactBody } from '../../protocol/recorder.ts';
import { applyFact } from './facts.ts';

const empty: Manifest = {
  version: 1,
  recordingId: '20261122T102030123Z-abcdefgh',
  meeting: { id: 'weekly', name: 'Weekly' },
  state: 'recording',
  startedAtMs: 1000,
  recorderId: 'recorder-1',
  lastFact: 0,
  people: [],
  files: [],
  speakers: [],
  chat: [],
  consent: [],
  problems: [],
};

function numbered(bodies: FactBody[]): Fact[] {
  return bodies.map((body, index) => ({ ...body, seq: index + 1, atMs: 1000 + index }) as Fact);
}

const story = numbered([
  { type: 'joined', connectionId: 'alice', name: 'Alice', role: 'host' },
  { type: 'joined', connectionId: 'bob', name: 'Bob', role: 'participant' },
  { type: 'consent', connectionId: 'bob', consent: 'pending' },
  { type: 'consent', connectionId: 'bob', consent: 'accepted' },
  { type: 'speakers', connectionIds: ['bob', 'alice'] },
  { type: 'chat', connectionId: 'bob', text: 'hello' },
  { type: 'paused', connectionId: 'bob', source: 'camera', paused: true },
  { type: 'consent', connectionId: 'bob', consent: 'withdrawn', erase: true },
  { type: 'left', connectionId: 'bob' },
  { type: 'epoch' },
  { type: 'chat', connectionId: 'alice', text: 'goodbye' },
]);

describe('applyFact', () => {
  test('a meeting told in facts becomes its manifest', () => {
    const manifest = story.reduce(applyFact, empty);
    expect(manifest.lastFact).toBe(11);
    expect(manifest.host).toEqual({ connectionId: 'alice', name: 'Alice' });
    expect(manifest.people).toEqual([
      { connectionId: 'alice', name: 'Alice', role: 'host', joinedAtMs: 1000 },
      { connectionId: 'bob', name: 'Bob', role: 'participant', joinedAtMs: 1001, leftAtMs: 1008 },
    ]);
    expect(manifest.consent.map(({ consent, erase }) => ({ consent, erase }))).toEqual([
      { consent: 'pending', erase: undefined },
      { consent: 'accepted', erase: undefined },
      { consent: 'withdrawn', erase: true },
    ]);
    expect(manifest.speakers).toEqual([{ atMs: 1004, connectionIds: ['bob', 'alice'] }]);
    // Bob had what he wrote erased with his files.
    expect(manifest.chat).toEqual([{ atMs: 1010, connectionId: 'alice', name: 'Alice', text: 'goodbye' }]);
  });

  test('facts that are sent again change nothing, whatever the order of the repeats', () => {
    const once = story.reduce(applyFact, empty);
    const again = [...story.slice(0, 4), ...story.slice(2, 7), ...story].reduce(applyFact, empty);
    expect(again).toEqual(once);
  });

  test('a hole is not skipped: what comes after it waits to be sent again', () => {
    const [first, , third] = story as [Fact, Fact, Fact];
    const manifest = [first, third].reduce(applyFact, empty);
    expect(manifest.lastFact).toBe(1);
  });

  test('the host is who pressed Record, also after the role went on to someone else', () => {
    const facts = numbered([
      { type: 'joined', connectionId: 'alice', name: 'Alice', role: 'host' },
      { type: 'joined', connectionId: 'bob', name: 'Bob', role: 'participant' },
      { type: 'role', connectionId: 'bob', role: 'host' },
    ]);
    const manifest = facts.reduce(applyFact, empty);
    expect(manifest.host?.connectionId).toBe('alice');
    expect(manifest.people[1]?.role).toBe('host');
  });
});
