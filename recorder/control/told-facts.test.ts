import { describe, expect, test } from 'vitest';
import type { Fact, FactBody } from '#protocol/recorder.ts';
import { emptyManifest } from '#store/testing/manifests.ts';
import { PART_BYTES, ToldFacts } from './told-facts.ts';

const empty = emptyManifest();

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
  { type: 'renamed', connectionId: 'alice', meetingName: 'Weekly, as held' },
  { type: 'chat', connectionId: 'alice', text: 'goodbye' },
]);

/** What becomes of these facts, and what was told to be full. */
function told(facts: readonly Fact[]): { parts: ToldFacts['parts']; full: string[] } {
  const full: string[] = [];
  const log = new ToldFacts(empty, (words) => full.push(words));
  for (const fact of facts) log.take(fact);
  return { parts: log.parts, full };
}

describe('what the SFU tells of a recording', () => {
  test('[TAKE16] whoever does not come back has left when their connection was lost', () => {
    const alice = { connectionId: 'alice' } as const;
    const bob = { connectionId: 'bob' } as const;
    const { people } = told(
      numbered([
        { type: 'joined', ...alice, name: 'Alice', role: 'host' },
        { type: 'joined', ...bob, name: 'Bob', role: 'participant' },
        { type: 'away', ...alice, away: true },
        { type: 'away', ...bob, away: true },
        { type: 'away', ...bob, away: false },
        { type: 'left', ...alice },
        { type: 'left', ...bob },
      ]),
    ).parts;
    expect(people.map(({ leftAtMs }) => leftAtMs)).toEqual([1002, 1006]);
  });

  test('a meeting told in facts becomes its manifest', () => {
    const manifest = told(story).parts;
    expect(manifest.lastFact).toBe(12);
    expect(manifest.meeting.name).toBe('Weekly, as held');
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
    expect(manifest.chat).toEqual([{ atMs: 1011, connectionId: 'alice', name: 'Alice', text: 'goodbye' }]);
  });

  test('facts that are sent again change nothing, whatever the order of the repeats', () => {
    const once = told(story).parts;
    const again = told([...story.slice(0, 4), ...story.slice(2, 7), ...story]).parts;
    expect(again).toEqual(once);
  });

  test('a hole is not skipped: what comes after it waits to be sent again', () => {
    const [first, , third] = story as [Fact, Fact, Fact];
    const manifest = told([first, third]).parts;
    expect(manifest.lastFact).toBe(1);
  });

  test('the host is who pressed Record, also after the role went on to someone else', () => {
    const facts = numbered([
      { type: 'joined', connectionId: 'alice', name: 'Alice', role: 'host' },
      { type: 'joined', connectionId: 'bob', name: 'Bob', role: 'participant' },
      { type: 'role', connectionId: 'bob', role: 'host' },
    ]);
    const manifest = told(facts).parts;
    expect(manifest.host?.connectionId).toBe('alice');
    expect(manifest.people[1]?.role).toBe('host');
  });

  test('each kind has a bound of its own: one that is full is told once, and consent is noted all the same', () => {
    const chat = { type: 'chat', connectionId: 'mallory', text: 'x'.repeat(2000) } as const;
    const speakers = {
      type: 'speakers',
      connectionIds: Array.from({ length: 16 }, () => 'y'.repeat(64)),
    } as const;
    const strangers = Array.from({ length: 8000 }, (_, count) => ({
      type: 'joined' as const,
      connectionId: `${'z'.repeat(50)}-${count}`,
      name: '\u{1F4A9}'.repeat(40),
      role: 'participant' as const,
    }));
    const noise = Array.from({ length: 5000 }, () => [chat, speakers]).flat();
    const answers = ['accepted', 'withdrawn'] as const;
    const ledger = answers.map((consent) => ({ type: 'consent' as const, connectionId: 'pat', consent }));
    const { full, parts } = told(numbered([...strangers, ...noise, ...ledger]));
    expect(full).toHaveLength(3);
    expect(parts.consent.map(({ consent }) => consent)).toEqual(answers);
    expect(parts.lastFact).toBe(18_002);
    const bytes = (part: unknown[]) => Buffer.byteLength(JSON.stringify({ part }, undefined, 1));
    expect(bytes(parts.people)).toBeLessThanOrEqual(PART_BYTES.people);
    expect(bytes(parts.chat)).toBeLessThanOrEqual(PART_BYTES.chat + 100);
    expect(bytes(parts.chat)).toBeGreaterThan(PART_BYTES.chat * 0.99);
    expect(bytes(parts.speakers)).toBeLessThanOrEqual(PART_BYTES.speakers + 100);
    expect(bytes(parts.speakers)).toBeGreaterThan(PART_BYTES.speakers * 0.99);
  });

  test('agreements leave room in the ledger for what takes them back', () => {
    const agree = { type: 'consent', connectionId: 'a'.repeat(64), consent: 'accepted' } as const;
    const loop = Array.from({ length: 60_000 }, () => agree);
    const { full, parts } = told(numbered([...loop, { ...agree, consent: 'withdrawn', erase: true }]));
    expect(full).toHaveLength(1);
    expect(parts.consent.at(-1)).toMatchObject({ consent: 'withdrawn', erase: true });
  });
});
