import { expect, test } from 'vitest';
import type { Manifest } from '#protocol/manifest.ts';
import { MAX_FILES_PER_RECORDING, recorderCommands } from '#protocol/recorder.ts';
import { MAX_MESSAGE_BYTES } from '#protocol/reply.ts';
import { describedPeople } from './told-facts.ts';

test('what answers the SFU is shorter than what it takes, however many people and files there were', () => {
  const ids = Array.from({ length: 2500 }, (_, at) => `${at}`.padStart(64, 'x'));
  const manifest: Pick<Manifest, 'people' | 'consent'> = {
    people: ids.map((connectionId) => ({ connectionId, name: 'N', role: 'participant', joinedAtMs: 1 })),
    consent: ids.flatMap((connectionId) =>
      (['pending', 'accepted', 'withdrawn'] as const).map((consent) => ({
        ...{ atMs: 1, connectionId, name: 'N' },
        consent,
      })),
    ),
  };
  const about = { meetingId: 'm', meetingName: 'M', startedAtMs: 1, sfuInstanceId: 's', lastFact: 1 };
  const described: string[] = [];
  for (let more: boolean | undefined = true; more; ) {
    const part = { ...about, ...describedPeople(manifest, described.length) };
    expect(Buffer.byteLength(JSON.stringify(part))).toBeLessThan(MAX_MESSAGE_BYTES);
    const parsed = recorderCommands.describe.result.parse(part);
    expect(parsed.people.every(({ consent, isIn }) => isIn && consent === 'withdrawn')).toBe(true);
    described.push(...parsed.people.map(({ connectionId }) => connectionId));
    more = parsed.more;
  }
  expect(described).toEqual(ids);
  const names = Array.from({ length: MAX_FILES_PER_RECORDING }, () => `${ids[0]}-20261122T102030123Z.flv`);
  const stopped = { files: names, bytes: Number.MAX_SAFE_INTEGER };
  expect(Buffer.byteLength(JSON.stringify(stopped))).toBeLessThan(MAX_MESSAGE_BYTES);
});
