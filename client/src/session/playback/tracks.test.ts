import { expect, test } from 'vitest';
import type { Manifest } from '../../../../protocol/manifest.ts';
import { type PlaybackTrack, shownAt, speakingAt, speechOf } from './tracks.ts';

const track = (id: string, source: PlaybackTrack['source'] = 'camera', endMs = 1000): PlaybackTrack => ({
  id,
  url: '',
  connectionId: id,
  personName: id,
  source,
  startMs: 0,
  endMs,
  isLive: false,
});
const ids = (tracks: readonly PlaybackTrack[]) => tracks.map(({ id }) => id).join('');

test('everybody who is there is shown while there is room', () => {
  expect(ids(shownAt([track('a'), track('b', 'camera', 500), track('c')], 500, new Set()))).toBe('ac');
});

test('beyond nine, screens and speakers come first, and nobody changes places', () => {
  const many = [...'abcdefghijk'].map((id) => track(id)).concat(track('s', 'screen'));
  expect(ids(shownAt(many, 0, new Set()))).toBe('abcdefghs');
  expect(ids(shownAt(many, 0, new Set(['k'])))).toBe('abcdefgks');
});

test('speech is read from the timeline of speakers, on the common clock', () => {
  const at = (atMs: number, ...connectionIds: string[]) => ({ atMs: 10_000 + atMs, connectionIds });
  const manifest = {
    startedAtMs: 10_000,
    files: [{ startOffsetMs: 0, durationMs: 5000 }],
    speakers: [at(0, 'a'), at(1000, 'a', 'b'), at(2000), at(3000, 'b')],
  } as unknown as Manifest;
  const speech = speechOf(manifest);
  expect(speech).toEqual(
    new Map([
      ['a', [{ fromMs: 0, toMs: 2000 }]],
      [
        'b',
        [
          { fromMs: 1000, toMs: 2000 },
          { fromMs: 3000, toMs: 5000 },
        ],
      ],
    ]),
  );
  expect([...speakingAt(speech, 1500)]).toEqual(['a', 'b']);
  expect([...speakingAt(speech, 2500)]).toEqual([]);
});
